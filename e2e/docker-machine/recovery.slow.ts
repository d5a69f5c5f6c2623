import { Nodes, conditionStatus } from '@kube-node/core/api'
import { expect } from 'vitest'
import { eventually } from '../main-job/eventually.ts'
import { expectFreeHosts, hostOf, running, served } from './look.ts'
import { claimOf, poolOf } from './manifests.ts'
import { saying, told } from './said.ts'
import { story } from './story.ts'

/** What a kubelet is known by. */
const identity = '/var/lib/kubelet/pki /etc/kubernetes/kubelet.conf'

story('a real kubelet that has lost its key and certificates is let in again, as the Node that it was', async ({ world, signal }) => {
  const { client, hosts, kubectl } = world
  await kubectl('create -f -', poolOf('brief', hosts, { more: { timeouts: { join: '1m' } } }), claimOf('forgetful', 'brief'))
  const before = await running(world, 'forgetful', signal)
  const host = await hostOf(world, 'forgetful')
  const key = await host.machine.run('sha256sum </var/lib/kubelet/pki/kubelet-client-current.pem')
  await host.machine.run(`systemctl stop kubelet; rm -rf ${identity}; systemctl start kubelet`)

  const ready = async (): Promise<string | undefined> =>
    conditionStatus((await client.get(Nodes, { name: 'forgetful' }))?.status?.conditions, 'Ready')
  // kube-controller-manager takes 50 s to believe it, and any machine may be silent for 5 min.
  await eventually({ signal, withinMs: 120_000 }, async () => expect(await ready()).toBe('Unknown'))
  const silence = 'its kubelet has been silent since '
  await eventually({ signal, withinMs: 420_000 }, async () => expect(await told(world, 'forgetful', 'KubeletSilent')).toContain(silence))
  await eventually({ signal, withinMs: 120_000 }, async () => expect(await ready()).toBe('True'))
  await saying(world, 'forgetful', 'its machine is there', signal)

  const after = await client.get(Nodes, { name: 'forgetful' })
  expect([after?.metadata?.uid, after?.spec?.providerID]).toEqual([before.metadata?.uid, before.spec?.providerID])
  expect(await host.machine.run('sha256sum </var/lib/kubelet/pki/kubelet-client-current.pem')).not.toBe(key)
  expect(await served(world)).toEqual([before.metadata?.uid])
  const requests = await kubectl('get csr -o jsonpath={range.items[*]}{.status.conditions[*].reason}{"\\n"}{end}')
  expect(
    requests
      .split('\n')
      .filter(reason => /Join|Rejoin/.test(reason))
      .toSorted(),
  ).toEqual(['KubeNodeFirstJoin', 'KubeNodeRejoin'])
  expect(await kubectl('-n kube-system get secrets -l kube-node.dev/bootstrap-token -o name')).toBe('')

  await kubectl('delete node forgetful --timeout=60s')
  await expectFreeHosts(world)
})
