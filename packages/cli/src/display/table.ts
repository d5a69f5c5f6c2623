/** One column of a table: how its cells read, and what may happen to it where space is short. */
export interface Column<Row> {
  readonly title: string
  cell(row: Row): string
  readonly align?: 'right'
  /** Columns with higher numbers are left out first. Absent: it stays. */
  readonly dispensable?: number
  /** It may be cut; to less than this many characters only when no other column can be left out. Absent: it is shown whole. */
  readonly cutTo?: number
  /** Takes a cut and padded cell, gives it its colours. */
  paint?(text: string, row: Row): string
}

export interface TableOptions {
  /** Characters in a line at the most. What `paint` adds takes no room. */
  readonly width: number
  paintHeader(text: string): string
}

const gap = '  '

/** The header, and a line for each row. */
export const tableLines = <Row>(columns: readonly Column<Row>[], rows: readonly Row[], options: TableOptions): readonly string[] => {
  const natural = (column: Column<Row>): number => Math.max(column.title.length, ...rows.map(row => column.cell(row).length))
  const sized = fit(
    columns.map(column => ({ column, wide: natural(column) })),
    options.width,
  )
  const line = (cell: (column: Column<Row>) => string, paint: (text: string, column: Column<Row>) => string): string => {
    const cells = sized.map(({ column, wide }) => ({ column, text: pad(cut(cell(column), wide), wide, column.align) }))
    // What stands at the end needs no padding, and painted spaces could not be cut off any more.
    const end = cells.findLastIndex(({ text }) => text.trim() !== '')
    return cells
      .slice(0, end + 1)
      .map(({ column, text }, at) => paint(at === end ? text.trimEnd() : text, column))
      .join(gap)
  }
  return [
    line(
      column => column.title,
      text => options.paintHeader(text),
    ),
    ...rows.map(row =>
      line(
        column => column.cell(row),
        (text, column) => column.paint?.(text, row) ?? text,
      ),
    ),
  ]
}

interface Sized<Row> {
  readonly column: Column<Row>
  readonly wide: number
}

/** Cuts the widest columns that may be cut; where that is not enough, leaves out the most dispensable one and tries again. */
const fit = <Row>(sized: readonly Sized<Row>[], width: number): readonly Sized<Row>[] => {
  const over = sized.reduce((sum, { wide }) => sum + wide, gap.length * (sized.length - 1)) - width
  if (over <= 0) return sized
  const [victim] = sized
    .filter(({ column }) => column.dispensable !== undefined)
    .toSorted((a, b) => (b.column.dispensable ?? 0) - (a.column.dispensable ?? 0))
  const least = ({ column, wide }: Sized<Row>): number => (column.cutTo === undefined ? wide : victim ? Math.min(wide, column.cutTo) : 1)
  const spare = sized.reduce((sum, each) => sum + each.wide - least(each), 0)
  if (spare < over && victim)
    return fit(
      sized.filter(each => each !== victim),
      width,
    )
  const [widest] = sized.filter(each => each.wide > least(each)).toSorted((a, b) => b.wide - a.wide)
  if (!widest) return sized
  const wide = Math.max(least(widest), widest.wide - over)
  return fit(
    sized.map(each => (each === widest ? { column: each.column, wide } : each)),
    width,
  )
}

const pad = (text: string, wide: number, align: 'right' | undefined): string =>
  align === 'right' ? text.padStart(wide) : text.padEnd(wide)

/** With an ellipsis where something is missing. Line ends and control characters in messages become spaces. */
export const cut = (text: string, wide: number): string => {
  const flat = text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim()
  return flat.length <= wide ? flat : `${flat.slice(0, Math.max(0, wide - 1))}…`
}
