import { NodeClasses, nameOf } from '../../api/index.ts'
import type { Source } from '../../engine/index.ts'
import { controllerOf } from '../../inventory/index.ts'
import { errorText } from '../../runtime/index.ts'
import type { Life } from '../life.ts'

/** Keeps the freeze and what is written of it the same, and tells of it: in the log, the metrics, and events and status of the classes. */
export const freezeSource = (life: () => Life | undefined): Source => ({
  async run({ enqueue, metrics, signal, store, log, event }) {
    const current = life()
    if (!current) return
    const { freeze } = current
    const gauge = metrics.gauge(
      'kube_node_deletions_frozen',
      '1 while the API server seems to have been restored from a backup, and nobody has lifted the freeze',
    )
    using _untold = { [Symbol.dispose]: () => gauge.set(0) }
    let told: string | undefined
    const tell = (): void => {
      gauge.set(freeze.why === undefined ? 0 : 1)
      if (told === freeze.why) return
      told = freeze.why
      log(told === undefined ? 'info' : 'warn', told ?? 'the freeze of deletions was lifted')
      for (const nodeClass of store(NodeClasses).list()) {
        if (controllerOf(nodeClass) !== current.controller) continue
        if (told === undefined) event(nodeClass, 'Normal', 'DeletionsThawed', 'somebody has lifted the freeze of deletions')
        else event(nodeClass, 'Warning', 'DeletionsFrozen', told)
        enqueue({ name: nameOf(nodeClass) })
      }
    }
    while (!signal.aborted) {
      tell()
      try {
        await freeze.look()
        tell()
        await freeze.pause(signal)
      } catch (error) {
        if (signal.aborted) return
        log('warn', 'whether deletions are frozen could not be read or written', { error: errorText(error) })
        await freeze.pause(signal).catch((reason: unknown) => {
          if (!signal.aborted) throw reason
        })
      }
    }
  },
})
