import type { Context } from '../context.ts'
import { type StoredObject, at } from '../objects/index.ts'
import type { LocalClient } from './local-client.ts'
import type { Controller } from './controller.ts'
import { loop } from './loop.ts'

const delayMs = 10

/** Empties namespaces that are being deleted, and lets them go when they are empty. */
export const namespaceController = (context: Context, client: LocalClient): Controller => {
  const namespaces = { group: '', plural: 'namespaces' }
  const terminating = new Set<string>()

  const empty = (name: string): boolean => {
    let left = false
    for (const definition of context.registry.resources()) {
      if (!definition.namespaced || !definition.verbs.includes('deletecollection')) continue
      const root = definition.group === '' ? `/api/${definition.version}` : `/apis/${definition.group}/${definition.version}`
      const inside = (): readonly StoredObject[] =>
        [...context.storage.collection(definition).values()].filter(object => object.metadata.namespace === name)
      if (inside().some(object => object.metadata.deletionTimestamp === undefined)) {
        client.request('DELETE', `${root}/namespaces/${encodeURIComponent(name)}/${definition.plural}`)
      }
      left ||= inside().length > 0
    }
    return !left
  }

  const work = loop(context, 'namespace controller', delayMs, () => {
    for (const name of terminating) {
      const namespace = context.storage.get(namespaces, undefined, name)
      if (namespace?.metadata.deletionTimestamp === undefined) terminating.delete(name)
      else if (empty(name)) {
        const finalizers = at(namespace, 'spec', 'finalizers')
        const others = Array.isArray(finalizers) ? finalizers.filter(f => f !== 'kubernetes') : []
        client.request('PUT', `/api/v1/namespaces/${encodeURIComponent(name)}/finalize`, { ...namespace, spec: { finalizers: others } })
        terminating.delete(name)
      }
    }
    return false
  })

  return {
    note: ({ group, plural }, { object, type }) => {
      const { name, namespace = '', deletionTimestamp } = object.metadata
      if (group === '' && plural === 'namespaces' && type !== 'DELETED' && deletionTimestamp !== undefined) terminating.add(name)
      // What was still in the way may just have gone.
      else if (!(type === 'DELETED' && terminating.has(namespace))) return
      if (terminating.size > 0) work.wake()
    },
    close: work.close,
  }
}
