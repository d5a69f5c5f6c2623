import { type Context, nowOf } from '../context.ts'
import { storageVersions } from '../kinds/index.ts'
import { type StoredObject, at, draftOf, equal, isObject, textAt } from '../objects/index.ts'
import { definitionsOf } from '../schema/index.ts'
import type { Change, ResourceName } from '../storage/index.ts'
import { keepBooks } from '../verbs/index.ts'

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
      // Establishing writes a status, which is noted again and then changes nothing.
      while (noted.length > 0) {
        const changes = noted
        noted = []
        for (const change of changes) serve(context, change)
      }
    },
  }
}

const serve = (context: Context, change: Change): void => {
  const crd = change.object
  const { name } = crd.metadata
  if (change.type === 'DELETED') {
    context.registry.setCustom(name, [])
    context.storage.drop({ group: textAt(crd, 'spec', 'group'), plural: textAt(crd, 'spec', 'names', 'plural') })
    return
  }
  const current = context.storage.get(crds, undefined, name)
  if (current === undefined || current !== crd) return
  const served = change.previous !== undefined && equal(change.previous['spec'], crd['spec']) && isEstablished(crd)
  if (served) return
  context.registry.setCustom(name, definitionsOf(crd).definitions)
  establish(context, crd)
}

const isEstablished = (crd: StoredObject): boolean => {
  const conditions = at(crd, 'status', 'conditions')
  return Array.isArray(conditions) && conditions.some(c => textAt(c, 'type') === 'Established' && textAt(c, 'status') === 'True')
}

const establish = (context: Context, crd: StoredObject): void => {
  const now = nowOf(context)
  const conditions = isEstablished(crd)
    ? at(crd, 'status', 'conditions')
    : [
        { type: 'NamesAccepted', status: 'True', lastTransitionTime: now, reason: 'NoConflicts', message: 'no conflicts found' },
        {
          type: 'Established',
          status: 'True',
          lastTransitionTime: now,
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
        },
      ]
  const stored = at(crd, 'status', 'storedVersions')
  const draft = draftOf(crd)
  const status = isObject(crd['status']) ? crd['status'] : {}
  draft['status'] = {
    ...status,
    conditions,
    acceptedNames: at(crd, 'spec', 'names'),
    storedVersions: [...new Set([...(Array.isArray(stored) ? stored : []), ...storageVersions(crd)])],
  }
  if (equal(draft['status'], crd['status'])) return
  const definition = context.registry.find(crds.group, 'v1', crds.plural)
  if (definition !== undefined) keepBooks(context, { definition, subresource: 'status' }, { manager: 'kube-apiserver', old: crd, draft })
  context.storage.update(crds, draft, crd)
}
