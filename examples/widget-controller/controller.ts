import { type Controller, defineController, index, nameOf } from '@kube-node/core'
import { type ConfigMap, ConfigMaps, apiVersionOf } from '@kube-node/core/api'
import { type Widget, Widgets } from './widget.ts'

/** ConfigMaps by the UID of their Widget. */
const byOwner = 'owner'

/** Keeps one ConfigMap for each part that a Widget wants. */
export const widgetController = (): Controller =>
  defineController<Widget>({
    name: 'widget',
    for: Widgets,
    owns: [ConfigMaps],
    indexes: [
      index<ConfigMap>({
        resource: ConfigMaps,
        name: byOwner,
        values: part => (part.metadata?.ownerReferences ?? []).filter(({ controller }) => controller).map(({ uid }) => uid),
      }),
    ],

    // Called again for every change of the Widget or of one of its parts; a throw is called again with backoff.
    async reconcile({ key, object: widget, store, client, event, signal }) {
      // Gone, or going: the garbage collector takes its parts, because they name it as their owner.
      if (widget === undefined || widget.metadata?.deletionTimestamp !== undefined) return

      const wanted = Array.from({ length: widget.spec.parts }, (_, number) => `${nameOf(widget)}-${number}`)
      const found = store(ConfigMaps).by(byOwner, widget.metadata?.uid ?? '')

      // What these writes answer is in the store at once, so the next run never decides on less than this one knew.
      for (const name of wanted) {
        if (!found.some(part => nameOf(part) === name)) await client.create(ConfigMaps, partOf(widget, name), { signal })
      }
      for (const part of found) {
        const { uid = '' } = part.metadata ?? {}
        if (!wanted.includes(nameOf(part))) await client.delete(ConfigMaps, { ...key, name: nameOf(part) }, { uid, signal })
      }

      const status = { parts: wanted.length, observedGeneration: widget.metadata?.generation ?? 0 }
      if (widget.status?.parts === status.parts && widget.status.observedGeneration === status.observedGeneration) return
      await client.patch(Widgets, key, { merge: { status } }, { subresource: 'status', signal })
      event('Normal', 'Assembled', `has ${status.parts} parts now`)
    },
  })

const partOf = (widget: Widget, name: string): ConfigMap => {
  const { namespace, uid = '' } = widget.metadata ?? {}
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ownerReferences: [{ apiVersion: apiVersionOf(Widgets), kind: Widgets.kind, name: nameOf(widget), uid, controller: true }],
    },
    data: { partOf: nameOf(widget) },
  }
}
