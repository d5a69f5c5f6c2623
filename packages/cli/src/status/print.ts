import { cut, tableLines } from '../display/index.ts'
import { type Section, type TableStyle, eachSection } from './tables.ts'
import type { Target } from './target.ts'
import type { StatusView } from './view.ts'

export interface PrintOptions extends TableStyle {
  /** Characters in a line; undefined where nobody reads on a screen: each row is one whole line. */
  readonly width: number | undefined
}

/** Tables, one after the other. Reasons stand whole: in their column, or under their row where the screen is too narrow. */
export const printStatus = (view: StatusView, target: Target, options: PrintOptions): readonly string[] => {
  const printed: string[] = []
  eachSection(view, target, options, section => {
    if (section.rows.length === 0) return
    if (printed.length > 0) printed.push('')
    printed.push(...sectionLines(section, options))
  })
  return printed
}

const sectionLines = <Row>({ columns, why, rows }: Section<Row>, { width = Infinity, paint }: PrintOptions): readonly string[] => {
  const paintHeader = (text: string): string => paint('dim', text)
  const reasoned = rows.some(row => why.cell(row) !== '')
  const all = reasoned ? [...columns, why] : columns
  if (naturalWidth(all, rows) <= width) return tableLines(all, rows, { width, paintHeader })
  const [header = '', ...lines] = tableLines(columns, rows, { width, paintHeader })
  return [
    header,
    ...rows.flatMap((row, at) => [
      lines[at] ?? '',
      ...wrapped(why.cell(row), width - 2).map(line => `  ${why.paint?.(line, row) ?? line}`),
    ]),
  ]
}

const naturalWidth = <Row>(columns: Section<Row>['columns'], rows: readonly Row[]): number =>
  columns.reduce((sum, { title, cell }) => sum + 2 + Math.max(title.length, ...rows.map(row => cell(row).length)), -2)

/** A text in lines of that width; words longer than that stay whole. */
export const wrapped = (text: string, width: number): readonly string[] => {
  const lines: string[] = []
  for (const word of cut(text, Infinity).split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else if (word !== '') lines.push(word)
  }
  return lines
}
