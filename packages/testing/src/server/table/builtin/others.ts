import { ageOf, humanDuration } from '../age.ts'
import { type Printer, at, columns, createdAt, formatSelector, list, nameOf, number, size, text } from '../printer.ts'
import type { JsonObject } from '../../schema/json.ts'

/** Name, one more, age. */
const oneMore = (column: string, cell: (object: JsonObject) => unknown): Printer => ({
  columns: columns('Name', column, 'Age'),
  cells: (object, now) => [nameOf(object), cell(object), ageOf(createdAt(object), now)],
})

export const namespace: Printer = oneMore('Status', object => text(object, 'status', 'phase'))
export const configMap: Printer = oneMore('Data', object => size(object, 'data') + size(object, 'binaryData'))
export const lease: Printer = oneMore('Holder', object => text(object, 'spec', 'holderIdentity'))

export const secret: Printer = {
  columns: columns('Name', 'Type', 'Data', 'Age'),
  cells: (object, now) => [nameOf(object), text(object, 'type'), size(object, 'data'), ageOf(createdAt(object), now)],
}

export const serviceAccount: Printer = {
  columns: columns('Name', 'Age'),
  cells: (object, now) => [nameOf(object), ageOf(createdAt(object), now)],
}

export const priorityClass: Printer = {
  columns: columns('Name', 'Value:integer', 'Global-Default:boolean', 'Age', 'PreemptionPolicy'),
  cells: (object, now) => [
    nameOf(object),
    number(object, 'value'),
    at(object, 'globalDefault') === true,
    ageOf(createdAt(object), now),
    text(object, 'preemptionPolicy'),
  ],
}

export const event: Printer = {
  columns: columns('Last Seen=', 'Type', 'Reason', 'Object', 'Subobject+', 'Source+', 'Message', 'First Seen+', 'Count+', 'Name=name+'),
  cells: (object, now) => {
    const first = ageOf(at(object, 'firstTimestamp') ?? at(object, 'eventTime') ?? undefined, now)
    const series = at(object, 'series')
    const last = series === undefined ? (at(object, 'lastTimestamp') ?? undefined) : at(series, 'lastObservedTime')
    const kind = text(object, 'involvedObject', 'kind').toLowerCase()
    const name = text(object, 'involvedObject', 'name')
    const source = [
      text(object, 'source', 'component') || text(object, 'reportingComponent'),
      text(object, 'source', 'host') || text(object, 'reportingInstance'),
    ]
    return [
      last === undefined ? first : ageOf(last, now),
      text(object, 'type'),
      text(object, 'reason'),
      name === '' ? kind : `${kind}/${name}`,
      text(object, 'involvedObject', 'fieldPath'),
      source[1] === '' ? source[0] : source.join(', '),
      text(object, 'message').trim(),
      first,
      series === undefined ? number(object, 'count') || 1 : number(series, 'count'),
      nameOf(object),
    ]
  },
}

export const certificateSigningRequest: Printer = {
  columns: columns('Name', 'Age', 'SignerName', 'Requestor', 'RequestedDuration', 'Condition'),
  cells: (object, now) => {
    const seconds = at(object, 'spec', 'expirationSeconds')
    return [
      nameOf(object),
      ageOf(createdAt(object), now),
      text(object, 'spec', 'signerName') || '<none>',
      text(object, 'spec', 'username'),
      typeof seconds === 'number' ? humanDuration(seconds * 1_000) : '<none>',
      requestState(object),
    ]
  },
}

const requestState = (object: JsonObject): string => {
  const has = (type: string): boolean => list(object, 'status', 'conditions').some(condition => text(condition, 'type') === type)
  const verdict = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'
  return `${verdict}${has('Failed') ? ',Failed' : ''}${text(object, 'status', 'certificate') === '' ? '' : ',Issued'}`
}

const subjects = (object: JsonObject, kind: string): string =>
  list(object, 'subjects')
    .filter(subject => text(subject, 'kind') === kind)
    .map(subject => (kind === 'ServiceAccount' ? `${text(subject, 'namespace')}/${text(subject, 'name')}` : text(subject, 'name')))
    .join(', ')

export const roleBinding: Printer = {
  columns: columns('Name', 'Role', 'Age', 'Users+', 'Groups+', 'ServiceAccounts+'),
  cells: (object, now) => [
    nameOf(object),
    `${text(object, 'roleRef', 'kind')}/${text(object, 'roleRef', 'name')}`,
    ageOf(createdAt(object), now),
    subjects(object, 'User'),
    subjects(object, 'Group'),
    subjects(object, 'ServiceAccount'),
  ],
}

export const validatingAdmissionPolicy: Printer = {
  columns: columns('Name', 'Validations:integer', 'ParamKind', 'Age'),
  cells: (object, now) => {
    const kind = at(object, 'spec', 'paramKind')
    return [
      nameOf(object),
      list(object, 'spec', 'validations').length,
      kind === undefined ? '<unset>' : `${text(kind, 'apiVersion')}/${text(kind, 'kind')}`,
      ageOf(createdAt(object), now),
    ]
  },
}

export const validatingAdmissionPolicyBinding: Printer = {
  columns: columns('Name', 'PolicyName', 'ParamRef', 'Age'),
  cells: (object, now) => {
    const param = at(object, 'spec', 'paramRef')
    const name = text(param, 'name')
    const selector = at(param, 'selector')
    const shown =
      name === '' ? (selector === undefined ? '<unset>' : formatSelector(selector)) : `${text(param, 'namespace') || '*'}/${name}`
    return [nameOf(object), text(object, 'spec', 'policyName'), shown, ageOf(createdAt(object), now)]
  },
}

export const customResourceDefinition: Printer = {
  columns: columns('Name', 'Scope', 'Versions', 'Created At:date', 'Group+', 'Kind+', 'ShortNames+', 'Established:boolean+'),
  cells: object => [
    nameOf(object),
    text(object, 'spec', 'scope'),
    list(object, 'spec', 'versions')
      .map(v => `${text(v, 'name')}${at(v, 'storage') === true ? '(storage)' : ''}`)
      .join(','),
    createdAt(object),
    text(object, 'spec', 'group'),
    text(object, 'spec', 'names', 'kind'),
    list(object, 'spec', 'names', 'shortNames').join(','),
    list(object, 'status', 'conditions').some(c => text(c, 'type') === 'Established' && text(c, 'status') === 'True'),
  ],
}
