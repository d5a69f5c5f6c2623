import { type Context, nowOf } from '../context.ts'
import { type StoredObject, at, draftOf, equal, isObject, textAt } from '../objects/index.ts'
import { definitionsOf } from '../schema/index.ts'
import type { Change, ResourceName } from '../storage/index.ts'
import { keepBooks, rereadAll } from '../verbs/index.ts'
import { type Condition, type Naming, isServed, namingOf } from './accepted-names.ts'

export const crds: ResourceName = { group: 'apiextensions.k8s.io', plural: 'customresourcedefinitions' }

export interface CustomResources {
  note(resource: ResourceName, change: Change): void
  /** Serves, and stops serving, what has been noted. */
  settle(): void
}

/** Turns CustomResourceDefinitions into served kinds, at once: the next request after the one that made a CRD finds its kind. */
export const customResources = (context: Context): CustomResources => {
  let noted: Change[] = []
  return {
    note: ({ group, plural }, change) => {
      if (group === crds.group && plural === crds.plural) noted.push(change)
    },
    settle: () => {
      // Naming writes a status, which is noted again: others may want the names that it lets go.
      while (noted.length > 0) {
        const changes = noted
        noted = []
        for (const change of changes) settleChange(context, change)
      }
    },
  }
}

const settleChange = (context: Context, { object, previous, type }: Change): void => {
  const { name } = object.metadata
  if (type === 'DELETED') {
    context.registry.setCustom(name, [])
    context.storage.drop({ group: textAt(object, 'spec', 'group'), plural: textAt(object, 'spec', 'names', 'plural') })
  } else {
    if (context.storage.get(crds, undefined, name) !== object) return
    serve(context, object, previous)
    giveNames(context, object)
    if (equal(namesOf(object), namesOf(previous))) return
  }
  for (const other of inGroupOf(context, object)) if (other.metadata.name !== name) giveNames(context, other)
}

const namesOf = (definition: StoredObject | undefined): unknown => at(definition, 'status', 'acceptedNames')

const inGroupOf = (context: Context, definition: StoredObject): readonly StoredObject[] => {
  const group = textAt(definition, 'spec', 'group')
  return [...context.storage.collection(crds).values()].filter(other => textAt(other, 'spec', 'group') === group)
}

const serve = (context: Context, crd: StoredObject, previous: StoredObject | undefined): void => {
  const wasServed = previous !== undefined && isServed(previous)
  if (!isServed(crd)) {
    if (wasServed) context.registry.setCustom(crd.metadata.name, [])
    return
  }
  const isSame = wasServed && equal(previous['spec'], crd['spec'])
  const isEnding = crd.metadata.deletionTimestamp !== previous?.metadata.deletionTimestamp
  if (isSame && !isEnding && equal(namesOf(previous), namesOf(crd))) return
  const spec = isObject(crd['spec']) ? crd['spec'] : {}
  const { definitions } = definitionsOf({ ...crd, spec: { ...spec, names: namesOf(crd) } })
  context.registry.setCustom(crd.metadata.name, definitions)
  const [any] = definitions
  if (any !== undefined && wasServed && !isSame) rereadAll(context, any)
}

const giveNames = (context: Context, crd: StoredObject): void => {
  const naming = namingOf(crd, inGroupOf(context, crd))
  if (naming === undefined) return
  const draft = draftOf(crd)
  draft['status'] = named(crd, naming, nowOf(context))
  const definition = context.registry.find(crds.group, 'v1', crds.plural)
  if (definition !== undefined) keepBooks(context, { definition, subresource: 'status' }, { manager: 'kube-apiserver', old: crd, draft })
  context.storage.update(crds, draft, crd)
}

const named = (crd: StoredObject, { acceptedNames, conditions }: Naming, now: string): unknown => {
  const status = isObject(crd['status']) ? crd['status'] : {}
  const before: readonly unknown[] = Array.isArray(status['conditions']) ? status['conditions'] : []
  const after = new Map(before.map(condition => [textAt(condition, 'type'), condition]))
  for (const condition of conditions) after.set(condition.type, dated(condition, after.get(condition.type), now))
  return { ...status, acceptedNames, conditions: [...after.values()] }
}

/** Only another status is a transition. */
const dated = ({ message, reason, status, type }: Condition, before: unknown, now: string): unknown => ({
  type,
  status,
  lastTransitionTime: textAt(before, 'status') === status ? textAt(before, 'lastTransitionTime') : now,
  reason,
  message,
})
