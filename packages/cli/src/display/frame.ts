import { age } from '../describe/index.ts'
import type { Screen } from '../terminal/index.ts'
import { type Paint, painter, phaseColours } from './paint.ts'
import { type Column, cut, tableLines } from './table.ts'
import type { NodeRow, SetRow, View } from './view.ts'

export interface FrameOptions {
  readonly screen: Screen
  readonly colour: boolean
  /** What stands there instead of a table as long as there are no nodes. */
  readonly empty: string
}

/** Sets that are shown at the most: nodes are what one watches. */
const mostSets = 6

/** The whole picture, as wide and as high as the screen allows at the most. */
export const frameOf = (view: View, { screen, colour, empty }: FrameOptions): string => {
  const paint = painter(colour)
  // A cursor that stands behind the last column makes some terminals begin a new line.
  const width = Math.max(20, screen.columns - 1)
  const sets = setLines(view.sets, width, paint)
  const head = sets.length === 0 ? [] : [...sets, '']
  // The cursor's own line stays free.
  const room = Math.max(2, screen.rows - head.length - 1)
  return [...head, ...nodeLines(view.nodes, { width, room, empty, paint })].join('\n')
}

const setLines = (sets: readonly SetRow[], width: number, paint: Paint): readonly string[] => {
  if (sets.length === 0) return []
  const whole = (text: string, { ready, available, desired }: SetRow): string =>
    paint(ready === desired && available === desired ? 'green' : 'yellow', text)
  const columns: readonly Column<SetRow>[] = [
    { title: 'NODESET', cell: row => row.name, cutTo: 12, paint: text => paint('bold', text) },
    { title: 'CLASS', cell: row => row.className, cutTo: 8, dispensable: 1 },
    { title: 'DESIRED', cell: row => String(row.desired), align: 'right' },
    { title: 'READY', cell: row => String(row.ready), align: 'right', paint: whole },
    { title: 'AVAILABLE', cell: row => String(row.available), align: 'right', paint: whole },
    { title: '', cell: row => row.note, cutTo: 12, dispensable: 2, paint: (text, row) => paint(row.trouble ? 'red' : 'dim', text) },
  ]
  const more = sets.length - mostSets
  return [
    ...tableLines(columns, sets.slice(0, mostSets), { width, paintHeader: text => paint('dim', text) }),
    ...(more > 0 ? [paint('dim', `and ${more} more sets`)] : []),
  ]
}

interface NodeLinesOptions {
  readonly width: number
  readonly room: number
  readonly empty: string
  readonly paint: Paint
}

const nodeLines = (nodes: readonly NodeRow[], { width, room, empty, paint }: NodeLinesOptions): readonly string[] => {
  if (nodes.length === 0) return [paint('dim', cut(empty, width))]
  const columns: readonly Column<NodeRow>[] = [
    { title: 'NODE', cell: row => row.name, cutTo: 16, paint: text => paint('bold', text) },
    { title: 'CLASS', cell: row => row.className || '-', cutTo: 8, dispensable: 2 },
    { title: 'PHASE', cell: row => row.phase || '-', paint: (text, row) => paint(phaseColours[row.phase] ?? 'dim', text) },
    { title: 'SINCE', cell: row => age(row.sinceMs), align: 'right', dispensable: 1, paint: text => paint('dim', text) },
    { title: 'MACHINE', cell: row => row.machine || '-', cutTo: 10, dispensable: 3 },
  ]
  const why: Column<NodeRow> = {
    title: 'WHY',
    cell: row => row.why,
    cutTo: 24,
    paint: (text, row) => paint(row.trouble ? 'red' : 'dim', text),
  }
  const all = nodes.some(row => row.why !== '') ? [...columns, why] : columns
  // One line of the room is the header's, and one tells of those for which there is none.
  const shown = nodes.length <= room - 1 ? nodes : mostTelling(nodes, Math.max(0, room - 2))
  const hidden = nodes.filter(node => !shown.includes(node))
  return [
    ...tableLines(all, shown, { width, paintHeader: text => paint('dim', text) }),
    ...(hidden.length === 0 ? [] : [paint('dim', cut(`and ${hidden.length} more: ${phaseCounts(hidden)}`, width))]),
  ]
}

/** What is on its way or waits tells more than what runs. The order stays. */
const mostTelling = (nodes: readonly NodeRow[], room: number): readonly NodeRow[] => {
  const settled = (row: NodeRow): number => Number(row.phase === 'Running' && row.why === '')
  const chosen = new Set(nodes.toSorted((a, b) => settled(a) - settled(b)).slice(0, room))
  return nodes.filter(node => chosen.has(node))
}

const phaseCounts = (nodes: readonly NodeRow[]): string => {
  const counts = new Map<string, number>()
  for (const { phase } of nodes) counts.set(phase || 'not claims', (counts.get(phase || 'not claims') ?? 0) + 1)
  return [...counts].map(([phase, count]) => `${count} ${phase}`).join(', ')
}
