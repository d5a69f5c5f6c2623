import { type Node, type NodeClass, NodeClasses, Nodes, nameOf } from '../api/index.ts'
import { type ConnectionReference, classNameOf, isBroken, recordOf } from '../claim/index.ts'
import type { Source } from '../engine/index.ts'
import type { Store } from '../kube/index.ts'
import { errorText } from '../runtime/index.ts'
import { byClaim, byClass, byGroup } from './indexes.ts'
import type { Life } from './life.ts'

/** What the provider shows wakes the claim that it concerns, as what the API server shows does. */
export const inventorySource = (life: () => Life | undefined): Source => ({
  async run({ enqueue, signal, store }) {
    const current = life()
    if (!current) return
    using _subscription = current.session.onChange(({ claim, nodeName }) => {
      if (nodeName !== undefined) enqueue({ name: nodeName })
      for (const node of store(Nodes).by(byClaim, claim)) if (nameOf(node) !== nodeName) enqueue({ name: nameOf(node) })
    })
    using _groups = current.session.onGroup(({ id }) => {
      for (const node of store(Nodes).by(byGroup, id)) enqueue({ name: nameOf(node) })
    })
    await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
  },
})

/** Claims of a class whose bootstrap lacked something are looked at when it is there. */
export const inputsSource = (life: () => Life | undefined): Source => ({
  async run({ enqueue, signal, store, log }) {
    while (!signal.aborted) {
      const current = life()
      if (!current) return
      using _subscription = current.inputs.onChange(className => {
        for (const node of store(Nodes).by(byClass, className)) enqueue({ name: nameOf(node) })
      })
      try {
        await current.inputs.watch(signal)
      } catch (error) {
        if (signal.aborted) return
        log('warn', 'looking for what bootstraps lack failed', { error: errorText(error) })
      }
    }
  },
})

/** Whoever waits for credentials, or had its machine shown by the old ones, is looked at when a Secret changes. */
export const secretSource = (life: () => Life | undefined): Source => ({
  async run({ enqueue, signal, store, log }) {
    while (!signal.aborted) {
      const current = life()
      if (!current) return
      using _subscription = current.session.onCredentials(reference => {
        for (const node of store(Nodes).list()) if (concerns(reference, node, store(NodeClasses))) enqueue({ name: nameOf(node) })
      })
      try {
        await current.session.watchSecrets(signal)
      } catch (error) {
        if (signal.aborted) return
        log('warn', 'looking for changed Secrets failed', { error: errorText(error) })
      }
    }
  },
})

const concerns = ({ secret }: ConnectionReference, node: Node, classes: Store<NodeClass>): boolean => {
  const className = classNameOf(node)
  const record = recordOf(node)
  const used = record && !isBroken(record) ? record.connection.secret : undefined
  const wanted = className === undefined ? undefined : classes.get({ name: className })?.spec.secretRef
  return [used, wanted].some(each => each !== undefined && each.namespace === secret?.namespace && each.name === secret.name)
}
