import type { Context } from '../context.ts'
import { cleanupFinalizer } from '../kinds/index.ts'
import { textAt } from '../objects/index.ts'
import { crds } from './custom-resources.ts'
import type { Controller } from './controller.ts'
import type { LocalClient } from './local-client.ts'
import { loop } from './loop.ts'

const delayMs = 10

/** Deletes the objects of CRDs that are being deleted, and lets the CRD go when none is left. */
export const customResourceCleanup = (context: Context, client: LocalClient): Controller => {
  const terminating = new Map<string, { readonly group: string; readonly plural: string }>()
  const work = loop(context, 'custom resource cleanup', delayMs, () => {
    for (const [name, resource] of terminating) {
      const crd = context.storage.get(crds, undefined, name)
      if (crd?.metadata.finalizers?.includes(cleanupFinalizer) !== true) {
        terminating.delete(name)
        continue
      }
      const definition = context.registry.versions(resource.group, resource.plural)[0]
      const root = `/apis/${resource.group}/${definition?.version ?? ''}`
      for (const { metadata } of [...context.storage.collection(resource).values()]) {
        if (metadata.deletionTimestamp !== undefined) continue
        const scope = metadata.namespace === undefined ? '' : `/namespaces/${encodeURIComponent(metadata.namespace)}`
        client.request('DELETE', `${root}${scope}/${resource.plural}/${encodeURIComponent(metadata.name)}`)
      }
      if (context.storage.collection(resource).size > 0) continue
      client.request('PATCH', `/apis/${crds.group}/v1/${crds.plural}/${name}`, {
        metadata: { finalizers: crd.metadata.finalizers.filter(f => f !== cleanupFinalizer) },
      })
      terminating.delete(name)
    }
    return false
  })
  return {
    note: ({ group, plural }, { object, type }) => {
      if (group === crds.group && plural === crds.plural && type !== 'DELETED' && object.metadata.deletionTimestamp !== undefined) {
        terminating.set(object.metadata.name, { group: textAt(object, 'spec', 'group'), plural: textAt(object, 'spec', 'names', 'plural') })
      } else if (!(type === 'DELETED' && [...terminating.values()].some(r => r.group === group && r.plural === plural))) return
      work.wake()
    },
    close: work.close,
  }
}
