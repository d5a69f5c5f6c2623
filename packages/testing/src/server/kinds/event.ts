import { type Draft, type JsonObject, textAt } from '../objects/index.ts'
import type { Cause } from '../schema/index.ts'
import { qualifiedName } from '../schema/names.ts'
import { invalidValue, requiredField } from '../status/index.ts'
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
  metadataLast: true,
  garbageCollected: false,
  cached: false,
  validateCreate: validateEvent,
  validateUpdate: validateEvent,
}

function validateEvent(draft: Draft): readonly Cause[] {
  return textAt(draft, 'eventTime') === '' ? validateOld(draft) : validateNew(draft)
}

const elsewhere = (about: string): Cause => invalidValue('involvedObject.namespace', about, 'does not match event.namespace')

/** Events on cluster-scoped objects live in "default". */
function validateOld(draft: Draft): readonly Cause[] {
  const about = textAt(draft, 'involvedObject', 'namespace')
  const own = draft.metadata.namespace ?? ''
  return about === own || (about === '' && own === 'default') ? [] : [elsewhere(about)]
}

/** What has an eventTime is written by the newer API's rules, through whichever version it comes. */
function validateNew(draft: Draft): readonly Cause[] {
  const about = textAt(draft, 'involvedObject', 'namespace')
  const own = draft.metadata.namespace ?? ''
  const reporter = textAt(draft, 'reportingComponent')
  const needed = (field: string): readonly Cause[] => (textAt(draft, field) === '' ? [requiredField(field)] : [])
  const atMost = (field: string, bytes: number): readonly Cause[] =>
    Buffer.byteLength(textAt(draft, field)) > bytes ? [invalidValue(field, '', `can have at most ${bytes} characters`)] : []
  return [
    ...(about === '' && own !== 'default' && own !== 'kube-system' ? [elsewhere(about)] : []),
    ...needed('reportingComponent'),
    ...qualifiedName(reporter).map(message => invalidValue('reportingComponent', reporter, message)),
    ...needed('reportingInstance'),
    ...atMost('reportingInstance', 128),
    ...needed('action'),
    ...atMost('action', 128),
    ...needed('reason'),
    ...atMost('reason', 128),
    ...atMost('message', 1_024),
  ]
}
