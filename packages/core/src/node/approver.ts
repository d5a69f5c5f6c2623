import { nameOf } from '../api/index.ts'
import { claimOf, goodRecord } from '../claim/index.ts'
import type { CertificateDeps } from '../identity/index.ts'
import type { Life } from './life.ts'

/** What the approver of certificates learns of machines: through the records of their claims alone. */
export const approverOf = ({ context, controller, session, providers }: Life): CertificateDeps => ({
  context,
  controller,
  async machineOf(node) {
    const record = goodRecord(node)
    if (!record || record.id === undefined) return undefined
    if (record.group !== undefined) return (await session.connectGroups(record.provider, record.connection)).inventory.get(record.id)
    const { inventory, provider } = await session.connect(record.provider, record.connection)
    const claim = claimOf(node)
    const machine = inventory.of(claim).find(({ id }) => id === record.id)
    const lacksName = machine?.nodeName === undefined && provider.definition.nodeNames === 'cloud'
    // At rest the next list may be a minute away, and a kubelet waits for its certificate. The claim's next step settles it.
    if (machine === undefined || machine.state === 'starting' || lacksName) inventory.expect(claim, nameOf(node))
    return machine
  },
  isNamedByCloud(node) {
    const record = goodRecord(node)
    const provider = record ? providers.get(record.provider) : undefined
    return provider?.kind === 'machines' && provider.definition.nodeNames === 'cloud'
  },
  async machinesNamed(node, nodeName) {
    const record = goodRecord(node)
    if (!record || record.group !== undefined) return []
    return (await session.connect(record.provider, record.connection)).inventory.named(nodeName)
  },
})
