import type { Column } from '../schema/index.ts'
import { goJson } from '../schema/quote.ts'
import { ageOf } from './age.ts'
import { jsonPath } from './json-path.ts'
import { type Printer, columns, createdAt, nameOf } from './printer.ts'

/** Of kinds that nobody wrote a printer for. */
export const plainPrinter: Printer = {
  columns: columns('Name', 'Created At:date'),
  cells: object => [nameOf(object), createdAt(object) ?? null],
}

/** Rows of a custom kind by its `additionalPrinterColumns`. */
export const customPrinter = (given: readonly Column[]): Printer => {
  const paths = given.map(column => jsonPath(column.jsonPath))
  return {
    columns: [
      ...columns('Name'),
      ...given.map(({ name, type, format = '', description = '', priority = 0 }) => ({ name, type, format, description, priority })),
    ],
    cells: (object, now) => [nameOf(object), ...given.map(({ type }, i) => cell(type, paths[i]?.(object)[0], now))],
  }
}

/** A value that does not fit its column's type leaves the cell empty. */
const cell = (type: string, value: unknown, now: number): unknown => {
  if (value === undefined || value === null) return type === 'string' && value === null ? '' : null
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null
    case 'number':
      return typeof value === 'number' ? value : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    case 'string':
      return typeof value === 'string' ? value : goJson(value)
    case 'date':
      return typeof value === 'string' ? ageOf(value, now) : null
    default:
      return null
  }
}
