export { parseFieldSelector } from './fields.ts'
export { labelSelectorOf } from './label-selector-object.ts'
export { type LabelSelector, parseLabelSelector } from './labels.ts'
export { type ObjectSelector, type SelectableFields, parseSelector } from './object-selector.ts'
