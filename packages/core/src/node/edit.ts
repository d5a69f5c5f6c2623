import { type Condition, type Node, type Taint, annotations, hasTaint, taints } from '../api/index.ts'
import type { FieldValue, Json } from '../kube/index.ts'
import { pointerTo } from '../kube/index.ts'

/** What a step on the way up or down changes of a Node. A label or annotation that becomes null is taken off. */
export interface NodeEdit {
  readonly labels?: Readonly<Record<string, string | null>>
  readonly annotations?: Readonly<Record<string, string | null>>
  readonly providerID?: string
  /** Keys of taints that are taken off. */
  readonly untaint?: readonly string[]
  /** Put on, unless one of its key and effect is there. */
  readonly taint?: Taint
  /** With the taint that kube-controller-manager puts on whatever is so, which is spared a read and a write. */
  readonly unschedulable?: true
  /** Taken off. */
  readonly finalizer?: string
}

/**
 * A condition of ours, and annotations in the same write: a status update of a Node takes its metadata along and leaves its spec alone
 * (nodeStatusStrategy; kubelets annotate their Nodes so).
 */
export interface StatusEdit {
  readonly annotations?: NodeEdit['annotations']
  readonly condition: Condition
}

export interface EncodedEdit {
  readonly json: readonly Json[]
  /** What the Node must still be for the edit to be right. */
  readonly fields: readonly FieldValue[]
}

interface Draft extends EncodedEdit {
  readonly json: Json[]
  readonly fields: FieldValue[]
}

const unschedulableTaint: Taint = { key: taints.unschedulable, effect: 'NoSchedule' }

/** Every such decision rests on the record of the machine, and on the machine having gone to no other Node. */
const always: readonly string[] = [annotations.machine, annotations.handedOver]

/**
 * The edit as a JSON patch on what it depends on, and on nothing else: all that it changes, what every such decision rests on,
 * and whether the Node is to go. On its way up and down a Node is written by its kubelet and by several controllers of Kubernetes within
 * the same moments; conditional on its version, every second write of ours came too late.
 */
export const encodeEdit = (node: Node, edit: NodeEdit): EncodedEdit => draftOf(node, edit)

const draftOf = (node: Node, edit: NodeEdit): Draft => {
  const json: Json[] = []
  const notes = node.metadata?.annotations
  const fields: FieldValue[] = [
    { path: ['metadata', 'deletionTimestamp'], value: node.metadata?.deletionTimestamp },
    ...(notes === undefined
      ? [{ path: ['metadata', 'annotations'], value: undefined }]
      : always.map(key => ({ path: ['metadata', 'annotations', key], value: notes[key] }))),
  ]
  const editMap = (path: readonly string[], old: Readonly<Record<string, string>> | undefined, changes: NodeEdit['labels'] = {}): void => {
    const wanted = Object.entries(changes).filter(([key, value]) => (old?.[key] ?? null) !== value)
    if (wanted.length === 0) return
    if (old === undefined) {
      // Nothing can be tested within a map that is not there, or put into it.
      if (path[1] !== 'annotations') fields.push({ path, value: undefined })
      json.push({ op: 'add', path: pointerTo(path), value: Object.fromEntries(wanted) })
      return
    }
    for (const [key, value] of wanted) {
      const at = [...path, key]
      if (!always.includes(key)) fields.push({ path: at, value: old[key] })
      json.push(value === null ? { op: 'remove', path: pointerTo(at) } : { op: 'add', path: pointerTo(at), value })
    }
  }
  editMap(['metadata', 'labels'], node.metadata?.labels, edit.labels)
  editMap(['metadata', 'annotations'], node.metadata?.annotations, edit.annotations)
  if (edit.providerID !== undefined && node.spec?.providerID !== edit.providerID) {
    fields.push({ path: ['spec', 'providerID'], value: node.spec?.providerID })
    json.push({ op: 'add', path: '/spec/providerID', value: edit.providerID })
  }
  // From the last one, so that those before it keep their places.
  for (const [i, taint] of [...(node.spec?.taints ?? []).entries()].toReversed()) {
    if (edit.untaint?.includes(taint.key) !== true) continue
    const at = ['spec', 'taints', String(i)]
    fields.push({ path: at, value: { ...taint } })
    json.push({ op: 'remove', path: pointerTo(at) })
  }
  const { taint, unschedulable, finalizer } = edit
  const cordons = unschedulable === true && node.spec?.unschedulable !== true
  const marks = [taint ?? [], cordons ? unschedulableTaint : []].flat().filter(mark => !hasTaint(node.spec?.taints, mark))
  append({ json, fields }, ['spec', 'taints'], node.spec?.taints, ...marks.map(mark => ({ ...mark })))
  if (cordons) {
    fields.push({ path: ['spec', 'unschedulable'], value: node.spec?.unschedulable })
    json.push({ op: 'add', path: '/spec/unschedulable', value: true })
  }
  const held = node.metadata?.finalizers?.indexOf(finalizer ?? '') ?? -1
  if (finalizer !== undefined && held !== -1) {
    const at = ['metadata', 'finalizers', String(held)]
    fields.push({ path: at, value: finalizer })
    json.push({ op: 'remove', path: pointerTo(at) })
  }
  return { json, fields }
}

/** What nobody else puts there comes last, whatever others put there meanwhile. Nothing can be appended to a list that is not there. */
const append = (
  { json, fields }: Draft,
  path: readonly string[],
  list: readonly unknown[] | undefined,
  ...values: readonly Json[]
): void => {
  if (values.length === 0) return
  if (list === undefined) {
    fields.push({ path, value: undefined })
    json.push({ op: 'add', path: pointerTo(path), value: values })
  } else json.push(...values.map(value => ({ op: 'add', path: pointerTo([...path, '-']), value })))
}

/** As {@link encodeEdit}, of the status. */
export const encodeStatusEdit = (node: Node, { annotations: notes = {}, condition }: StatusEdit): EncodedEdit => {
  const { json, fields } = draftOf(node, { annotations: notes })
  const path = ['status', 'conditions']
  const list = node.status?.conditions
  const at = list?.findIndex(({ type }) => type === condition.type) ?? -1
  const old = list?.[at]
  if (old) {
    const place = [...path, String(at)]
    json.push({ op: 'replace', path: pointerTo(place), value: { ...condition } })
    fields.push({ path: place, value: { ...old } })
  } else append({ json, fields }, path, list, { ...condition })
  return { json, fields }
}
