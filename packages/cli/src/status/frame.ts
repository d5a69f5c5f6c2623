import { type Style, cut, differing, painter, tableLines } from '../display/index.ts'
import { printStatus } from './print.ts'
import { type Section, eachSection } from './tables.ts'
import type { Target } from './target.ts'
import type { StatusView } from './view.ts'

/** A status at a moment: ages are told as of then. */
export interface Moment {
  readonly view: StatusView
  /** Wall time in milliseconds. */
  readonly now: number
}

/** Rows of what is not what one watches: nodes have the rest of the screen. */
const mostRows = { classes: 4, nodeSets: 6, controllers: 3, nodes: Infinity } as const

export const statusStyle = (target: Target, wide: boolean, stamp: () => string): Style<Moment> => ({
  stamp,
  frame({ view, now }, { screen, colour }) {
    const paint = painter(colour)
    // A cursor that stands behind the last column makes some terminals begin a new line.
    const width = Math.max(20, screen.columns - 1)
    const whole = printStatus(view, target, { wide, paint, now, width })
    if (whole.length === 0) return paint('dim', 'nothing yet')
    if (whole.length < screen.rows) return whole.join('\n')
    const blocks: { readonly nodes: boolean; readonly lines: (room: number) => readonly string[] }[] = []
    eachSection(view, target, { wide, paint, now }, section => {
      if (section.rows.length === 0) return
      blocks.push({
        nodes: section.title === (target.sort ?? 'nodes'),
        lines: room =>
          sectionLines(section, Math.min(room, (target.sort ? Infinity : mostRows[section.title]) + 2), width, text => paint('dim', text)),
      })
    })
    const others = blocks.filter(({ nodes }) => !nodes).map(({ lines }) => lines(Infinity))
    const taken = others.reduce((sum, { length }) => sum + length + 1, 0)
    const room = Math.max(3, screen.rows - 1 - taken)
    const drawn = blocks.map(({ nodes, lines }) => (nodes ? lines(room) : (others.shift() ?? [])))
    return drawn
      .flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]))
      .slice(0, Math.max(1, screen.rows - 1))
      .join('\n')
  },
  changes: (before, now) => statusChanges(before?.view, now.view, target),
})

/** In at most `room` lines: a header, and rows that are not as they should be before all others. */
const sectionLines = <Row>(section: Section<Row>, room: number, width: number, dim: (text: string) => string): readonly string[] => {
  const { columns, why, rows, state } = section
  const settled = (row: Row): number => Number(state(row) === 'ok')
  const fits = rows.length <= room - 1
  const chosen = new Set(fits ? rows : rows.toSorted((a, b) => settled(a) - settled(b)).slice(0, Math.max(0, room - 2)))
  const shown = rows.filter(row => chosen.has(row))
  const hidden = rows.filter(row => !chosen.has(row))
  const busy = hidden.filter(row => settled(row) === 0).length
  const all = rows.some(row => why.cell(row) !== '') ? [...columns, why] : columns
  return [
    ...tableLines(all, shown, { width, paintHeader: dim }),
    ...(fits ? [] : [dim(cut(`and ${hidden.length} more${busy === 0 ? '' : `, ${busy} of them not settled`}`, width))]),
  ]
}

const nothing: StatusView = { controllers: [], classes: [], nodeSets: [], nodes: [] }

/** A line for each thing that is not what it was. */
const statusChanges = (before: StatusView = nothing, now: StatusView, { sort }: Target): readonly string[] => {
  const wanted = (each: Target['sort']): boolean => sort === undefined || sort === each
  const say = (...parts: readonly (string | undefined)[]): string => parts.filter(part => part !== undefined && part !== '').join('  ')
  const named = (prefix: string, changes: readonly (readonly [string, string | undefined])[]): readonly string[] =>
    changes.map(([name, text]) => `${prefix}/${name}  ${text ?? 'gone'}`)
  const controllers = (view: StatusView): readonly { readonly name: string; readonly text: string }[] =>
    view.controllers.map(({ controller, state, why }) => ({ name: controller, text: say(state, why) }))
  return [
    ...(wanted('classes')
      ? named(
          'class',
          differing(before.classes, now.classes, ({ ready, nodes, why }) => say(`ready ${ready}`, `${nodes} nodes`, why)),
        )
      : []),
    ...(wanted('nodeSets')
      ? named(
          'nodeset',
          differing(before.nodeSets, now.nodeSets, ({ desired, current, ready, updated, available, why }) =>
            say(`${desired} desired, ${current} current, ${ready} ready, ${updated} updated, ${available} available`, why),
          ),
        )
      : []),
    ...(wanted('nodes')
      ? named(
          'node',
          differing(before.nodes, now.nodes, ({ phase, machine, why }) => say(phase, machine, why)),
        )
      : []),
    ...named(
      'controller',
      differing(controllers(before), controllers(now), ({ text }) => text),
    ),
  ]
}
