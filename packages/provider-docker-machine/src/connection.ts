import { type Call, type Machine, type MachineConnection, ProviderError } from '@kube-node/core/provider'
import type { DockerMachineConfig } from './config.ts'
import { creationIn } from './creation.ts'
import { createEnding } from './ending.ts'
import { type ConnectionOptions, createGround, lookAgainMs } from './ground.ts'
import { configure } from './hostSteps.ts'
import { type Entry, amended, isLiving } from './ledger.ts'
import { machineOf } from './machine.ts'
import { createMaker } from './make.ts'
import { createSettler } from './settle.ts'

export const connectMachines = (options: ConnectionOptions): MachineConnection<DockerMachineConfig> => {
  const ground = createGround(options)
  const { turns, ledger, keeper, restore, runOf, guarded, login, drop, giveUp, sweep } = ground
  const failedAt = new Map<string, number>()
  const ending = createEnding(ground, failedAt)
  const { make } = createMaker(ground, ending, failedAt)
  const settler = createSettler(ground, ending, failedAt)
  const { mayExist, problemOf } = settler

  const remove = async (id: string, call: Call): Promise<void> => {
    const entry = (await ledger.change(call, amended(id, { leaving: true })))[id]
    if (!entry || entry.state === 'gone') return
    if (entry.state === 'removed') return drop(entry, call)
    if (await keeper.isGivenUp(id, call)) return giveUp(entry, call)
    const creation = await creationIn(runOf(id), call.clock.now())
    if (creation.state === 'running') {
      throw new ProviderError('Busy', `${id} is being made, and a create is never stopped`, { retryAfterMs: lookAgainMs })
    }
    await ending.takeBack(entry, call)
  }

  /**
   * What is gone is told too, and what a call is making is not told before its answer, which may be that there is nothing: when many
   * machines are absent that were there, core takes it for a lie.
   */
  const shown = async (entry: Entry, call: Call): Promise<readonly Machine[]> => {
    if (turns.isMade(entry.name)) return []
    if (entry.state === 'gone') {
      await sweep(entry.name, call)
      return [machineOf(entry)]
    }
    if (!(await mayExist(entry, call))) return []
    const problem = await problemOf(entry, call)
    return [{ ...machineOf(entry), ...(problem !== undefined && { problem }) }]
  }

  return {
    create: (request, call) => guarded(async () => machineOf(await make(request, call))),

    async *list(call) {
      const before = await guarded(() => ledger.read(call))
      call.signal.throwIfAborted()
      const left = Object.values(before).filter(({ state }) => state === 'removed' || state === 'creating')
      await settler.settle(left, call)
      const machines = left.length > 0 ? await guarded(() => ledger.read(call)) : before
      const items: Machine[] = []
      for (const entry of Object.values(machines)) items.push(...(await guarded(() => shown(entry, call))))
      call.signal.throwIfAborted()
      yield { items }
    },

    delete: ({ id }, call) => guarded(() => turns.inTurn(id, call.signal, () => remove(id, call))),

    configure: ({ id }, steps, _config, call) =>
      guarded(async () => {
        const entry = (await ledger.read(call))[id]
        if (!entry || !isLiving(entry)) throw new ProviderError('NotFound', `there is no machine ${id}`)
        await restore(id, call)
        await using session = await login(entry, call)
        await configure(session, entry.ssh.folder, entry.host && entry.owner, steps)
      }),

    // Creates go on: they are found again by whoever connects next.
    [Symbol.asyncDispose]: () => settler[Symbol.asyncDispose](),
  }
}
