import { type JsonObject, textAt } from '../objects/index.ts'
import { invalidValue } from '../status/index.ts'
import type { KindRules } from './rules.ts'

const involved =
  (field: string) =>
  (object: JsonObject): string =>
    textAt(object, 'involvedObject', field)

export const event: KindRules = {
  fields: {
    'involvedObject.kind': involved('kind'),
    'involvedObject.namespace': involved('namespace'),
    'involvedObject.name': involved('name'),
    'involvedObject.uid': involved('uid'),
    'involvedObject.apiVersion': involved('apiVersion'),
    'involvedObject.resourceVersion': involved('resourceVersion'),
    'involvedObject.fieldPath': involved('fieldPath'),
    reason: object => textAt(object, 'reason'),
    reportingComponent: object => textAt(object, 'reportingComponent'),
    source: object => textAt(object, 'source', 'component') || textAt(object, 'reportingComponent'),
    type: object => textAt(object, 'type'),
  },
  createOnUpdate: true,
  validateCreate: draft => {
    const about = textAt(draft, 'involvedObject', 'namespace')
    const own = draft.metadata.namespace ?? ''
    // Events on cluster-scoped objects live in "default".
    return about === own || (about === '' && own === 'default')
      ? []
      : [invalidValue('involvedObject.namespace', about, 'does not match event.namespace')]
  },
}
