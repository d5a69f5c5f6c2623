import type { CrdVersion } from './crd.types.ts'
import type { Cause } from './definition.ts'
import { invalid, required } from './field-error.ts'

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string']
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']

/** `additionalPrinterColumns` of a version. */
export const validateColumns = (columns: CrdVersion['additionalPrinterColumns'], path: string): readonly Cause[] =>
  (columns ?? []).flatMap(({ name = '', type = '', format = '', jsonPath = '' }, i) => {
    const at = `${path}.additionalPrinterColumns[${i}]`
    const oneOf = (options: readonly string[]): string => `must be one of ${options.join(',')}`
    return [
      ...(name === '' ? [required(`${at}.name`)] : []),
      ...(type === ''
        ? [required(`${at}.type`, oneOf(columnTypes))]
        : columnTypes.includes(type)
          ? []
          : [invalid(`${at}.type`, type, oneOf(columnTypes))]),
      ...(format === '' || columnFormats.includes(format) ? [] : [invalid(`${at}.format`, format, oneOf(columnFormats))]),
      ...(jsonPath === '' ? [required(`${at}.JSONPath`)] : validateSimplePath(jsonPath, `${at}.JSONPath`)),
    ]
  })

const validateSimplePath = (jsonPath: string, field: string): readonly Cause[] =>
  jsonPath.startsWith('.') ? [] : [invalid(field, jsonPath, 'must be a simple json path starting with .')]

/** `subresources` of a version. */
export const validateSubresources = (subresources: CrdVersion['subresources'], path: string): readonly Cause[] => {
  const scale = subresources?.scale
  if (scale === undefined) return []
  const at = `${path}.subresources.scale`
  return [
    ...validateScalePath(scale.specReplicasPath ?? '', `${at}.specReplicasPath`, ['.spec.'], 'should be a json path under .spec'),
    ...validateScalePath(scale.statusReplicasPath ?? '', `${at}.statusReplicasPath`, ['.status.'], 'should be a json path under .status'),
    ...(scale.labelSelectorPath === undefined || scale.labelSelectorPath === ''
      ? []
      : validateScalePath(
          scale.labelSelectorPath,
          `${at}.labelSelectorPath`,
          ['.spec.', '.status.'],
          'should be a json path under either .spec or .status',
        )),
  ]
}

const validateScalePath = (path: string, field: string, roots: readonly string[], complaint: string): readonly Cause[] => {
  if (path === '') return [required(field)]
  const simple = validateSimplePath(path, field)
  return simple.length > 0 ? simple : roots.some(root => path.startsWith(root)) ? [] : [invalid(field, path, complaint)]
}
