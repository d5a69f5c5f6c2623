import type { Cause } from '../definition.ts'
import { forbidden, invalid, notSupported, required } from '../field-error.ts'
import { type JsonObject, isObject, own } from '../json.ts'
import { validateLabelSelector, validateLabels } from '../metadata.ts'
import { struct } from '../quote.ts'
import { type Check, all, amountOrPercent, atLeast, needed, object, oneOf, optional } from './check.ts'
import { templateSpec } from './pod.ts'

const part = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((below, key) => (isObject(below) ? own(below, key) : undefined), value)

/** Does a selector take these labels? Good enough for selectors without wrong operators: those have been refused. */
const selects = (selector: unknown, labels: JsonObject): boolean => {
  if (!isObject(selector)) return false
  const wanted = isObject(selector['matchLabels']) ? Object.entries(selector['matchLabels']) : []
  const expressions: readonly unknown[] = Array.isArray(selector['matchExpressions']) ? selector['matchExpressions'] : []
  return (
    wanted.every(([key, value]) => own(labels, key) === value) &&
    expressions.filter(isObject).every(expression => {
      const value = own(labels, String(expression['key']))
      const values: readonly unknown[] = Array.isArray(expression['values']) ? expression['values'] : []
      switch (expression['operator']) {
        case 'In':
          return values.includes(value)
        case 'NotIn':
          return value === undefined || !values.includes(value)
        case 'Exists':
          return value !== undefined
        default:
          return value === undefined
      }
    })
  )
}

/**
 * The selector is there and good, and takes the template's own labels. `emptyName` is for kinds that must select something; `after` judges
 * the template of a kind that looks at it only when its selector can be read.
 */
const selectorAndTemplate =
  (emptyName: string | undefined, after: Check = () => []): Check =>
  (spec, path) => {
    const selector = part(spec, 'selector')
    const labels = part(spec, 'template', 'metadata', 'labels')
    const causes = validateLabelSelector(selector, `${path}.selector`)
    const shown = isObject(selector) ? struct(selector, ['matchLabels', 'matchExpressions']) : null
    const isEmpty = shown?.size === 0
    const matches = !isEmpty && selects(selector, isObject(labels) ? labels : {})
    return [
      ...(selector === undefined || selector === null ? [required(`${path}.selector`)] : []),
      ...causes,
      ...(isEmpty && emptyName !== undefined ? [invalid(`${path}.selector`, {}, `empty selector is invalid for ${emptyName}`)] : []),
      ...(causes.length > 0 ? [invalid(`${path}.selector`, shown, 'invalid label selector')] : []),
      ...(causes.length > 0 || matches || (isEmpty && selector !== undefined)
        ? []
        : [invalid(`${path}.template.metadata.labels`, labels ?? null, '`selector` does not match template `labels`')]),
      ...(causes.length > 0 ? [] : after(part(spec, 'template'), `${path}.template`)),
    ]
  }

const template = (...restart: readonly string[]): Check =>
  object({ metadata: object({ labels: validateLabels }), spec: templateSpec(...restart) })

const count = atLeast(0)

const strategyStruct = (strategy: unknown): unknown => ({
  Type: part(strategy, 'type'),
  RollingUpdate: part(strategy, 'rollingUpdate') ?? null,
})

const shownStrategy = (strategy: unknown): unknown => {
  const value = strategyStruct(strategy)
  return isObject(value) ? struct(value, ['Type', 'RollingUpdate']) : value
}

const deploymentStrategy: Check = (strategy, path) => {
  const type = part(strategy, 'type')
  const rolling = part(strategy, 'rollingUpdate')
  if (type === 'Recreate') {
    return rolling === undefined ? [] : [forbidden(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")]
  }
  if (type !== 'RollingUpdate') return [notSupported(path, shownStrategy(strategy), ['Recreate', 'RollingUpdate'])]
  const isZero = (amount: unknown): boolean => amount === 0 || amount === '0%'
  const [unavailable, surge] = [part(rolling, 'maxUnavailable'), part(rolling, 'maxSurge')]
  return [
    ...amountOrPercent(unavailable, `${path}.rollingUpdate.maxUnavailable`),
    ...(typeof surge === 'string' && /^\d+%$/.test(surge) ? [] : amountOrPercent(surge, `${path}.rollingUpdate.maxSurge`)),
    ...(isZero(unavailable) && isZero(surge)
      ? [invalid(`${path}.rollingUpdate.maxUnavailable`, unavailable, 'may not be 0 when `maxSurge` is 0')]
      : []),
  ]
}

const longerThanReady: Check = (spec, path) => {
  const [deadline, ready] = [part(spec, 'progressDeadlineSeconds'), part(spec, 'minReadySeconds') ?? 0]
  return typeof deadline === 'number' && typeof ready === 'number' && deadline <= ready
    ? [invalid(`${path}.progressDeadlineSeconds`, deadline, 'must be greater than minReadySeconds')]
    : []
}

const dependent =
  (check: Check, after: (spec: JsonObject) => boolean): Check =>
  (spec, path) =>
    isObject(spec) && after(spec) ? check(spec, path) : []

export const deployment: Check = object({
  spec: object(
    {
      replicas: count,
      minReadySeconds: count,
      revisionHistoryLimit: count,
      progressDeadlineSeconds: count,
      template: template('Always'),
      strategy: deploymentStrategy,
    },
    selectorAndTemplate('deployment'),
    dependent(longerThanReady, spec => !(Number(spec['minReadySeconds'] ?? 0) < 0 && Number(spec['progressDeadlineSeconds']) >= 0)),
  ),
})

export const replicaSet: Check = object({
  spec: object({ replicas: count, minReadySeconds: count }, selectorAndTemplate('deployment', template('Always'))),
})

const updateStrategy =
  (complain: (path: string, shown: unknown) => Cause): Check =>
  (strategy, path) => {
    const type = part(strategy, 'type')
    return type === 'RollingUpdate' || type === 'OnDelete' ? [] : [complain(path, shownStrategy(strategy))]
  }

export const daemonSet: Check = object({
  spec: object(
    {
      minReadySeconds: count,
      revisionHistoryLimit: count,
      template: template('Always'),
      updateStrategy: updateStrategy((path, shown) => notSupported(path, shown, ['RollingUpdate', 'OnDelete'])),
    },
    (spec, path) => selectorAndTemplate('daemonset')(spec, path).filter(cause => cause.reason !== 'FieldValueRequired'),
  ),
})

export const statefulSet: Check = object({
  spec: object(
    {
      replicas: count,
      podManagementPolicy: optional((value, path) =>
        value === 'OrderedReady' || value === 'Parallel' ? [] : [invalid(path, value, "must be 'OrderedReady' or 'Parallel'")],
      ),
      updateStrategy: updateStrategy((path, shown) => invalid(path, shown, "must be 'RollingUpdate' or 'OnDelete'")),
      template: template('Always'),
    },
    selectorAndTemplate('statefulset'),
  ),
})

export const replicationController: Check = object({
  spec: object({ replicas: count, selector: needed(), template: all(needed(), optional(template('Always'))) }),
})

const jobRestart: Check = (value, path) =>
  value === 'Never' || value === 'OnFailure'
    ? []
    : value === undefined || value === 'Always'
      ? [required(path, 'valid values: "OnFailure", "Never"')]
      : [notSupported(path, value, ['OnFailure', 'Never'])]

export const job: Check = object({
  spec: object({
    parallelism: count,
    completions: count,
    backoffLimit: count,
    completionMode: oneOf('NonIndexed', 'Indexed'),
    template: object({ spec: all(templateSpec('Always', 'OnFailure', 'Never'), object({ restartPolicy: jobRestart })) }),
  }),
})
