import { ageSince, holderName } from '../describe/index.ts'
import { type Column, type Paint, phaseColours } from '../display/index.ts'
import type { ControllerDescription, Told } from '../describe/index.ts'
import type { ClassRow, NodeRow, SetRow, StatusView } from './view.ts'
import type { Sort, Target } from './target.ts'

export interface TableStyle {
  readonly wide: boolean
  readonly paint: Paint
  /** Wall time in milliseconds. */
  readonly now: number
}

/** One table of what is shown, whatever its rows are. */
export interface Section<Row> {
  readonly title: Sort | 'controllers'
  readonly columns: readonly Column<Row>[]
  /** Why a row is as it is: the last column, where there is room. */
  readonly why: Column<Row>
  readonly rows: readonly Row[]
  readonly state: (row: Row) => Told['state']
}

/** Calls with each section that a target asks for; a function, since sections have rows of different types. */
export const eachSection = (view: StatusView, { sort }: Target, style: TableStyle, take: <Row>(section: Section<Row>) => void): void => {
  if (sort === undefined || sort === 'classes') take(classSection(view.classes, style))
  if (sort === undefined || sort === 'nodeSets') take(setSection(view.nodeSets, style))
  if (sort === undefined || sort === 'nodes') take(nodeSection(view.nodes, style))
  if (sort === undefined) take(controllerSection(view.controllers, style))
}

const stateColours = { ok: 'dim', progress: 'dim', trouble: 'red' } as const

const whyColumn = <Row extends Told>(paint: Paint): Column<Row> => ({
  title: 'WHY',
  cell: row => row.why,
  cutTo: 24,
  paint: (text, row) => paint(stateColours[row.state], text),
})

const text = (value: string | number | undefined): string => (value === undefined || value === '' ? '-' : String(value))
const widely = <Row>(wide: boolean, ...columns: readonly Column<Row>[]): readonly Column<Row>[] => (wide ? columns : [])

const nodeSection = (rows: readonly NodeRow[], { wide, paint, now }: TableStyle): Section<NodeRow> => ({
  title: 'nodes',
  rows,
  state: row => row.state,
  columns: [
    { title: 'NODE', cell: row => row.name, cutTo: 16, paint: cell => paint('bold', cell) },
    { title: 'CLASS', cell: row => text(row.class), cutTo: 8, dispensable: 2 },
    ...(rows.some(row => row.nodeSet !== undefined)
      ? [{ title: 'SET', cell: (row: NodeRow) => text(row.nodeSet), cutTo: 8, dispensable: 5 }]
      : []),
    { title: 'PHASE', cell: row => text(row.phase), paint: (cell, row) => paint(phaseColours[row.phase] ?? 'dim', cell) },
    { title: 'SINCE', cell: row => text(ageSince(row.since, now)), align: 'right', dispensable: 1 },
    { title: 'AGE', cell: row => text(ageSince(row.createdAt, now)), align: 'right', dispensable: 3 },
    { title: 'MACHINE', cell: row => text(row.machine), cutTo: 10, dispensable: 4 },
    { title: 'ZONE', cell: row => text(row.zone), cutTo: 8, dispensable: 6 },
    ...widely<NodeRow>(
      wide,
      { title: 'TYPE', cell: row => text(row.instanceType), dispensable: 7 },
      { title: 'READY', cell: row => text(row.ready), dispensable: 8 },
      { title: 'ATTEMPT', cell: row => text(row.attempt), align: 'right', dispensable: 9 },
      { title: 'REVISION', cell: row => text(row.revision), dispensable: 10 },
      { title: 'PROVIDER-ID', cell: row => text(row.providerID), dispensable: 11 },
    ),
  ],
  why: whyColumn(paint),
})

const setSection = (rows: readonly SetRow[], { wide, paint, now }: TableStyle): Section<SetRow> => {
  const whole = (cell: string, { ready, available, desired }: SetRow): string =>
    paint(ready === desired && available === desired ? 'green' : 'yellow', cell)
  return {
    title: 'nodeSets',
    rows,
    state: row => row.state,
    columns: [
      { title: 'NODESET', cell: row => row.name, cutTo: 12, paint: cell => paint('bold', cell) },
      { title: 'CLASS', cell: row => row.class, cutTo: 8, dispensable: 1 },
      { title: 'DESIRED', cell: row => String(row.desired), align: 'right' },
      { title: 'CURRENT', cell: row => String(row.current), align: 'right', dispensable: 3 },
      { title: 'READY', cell: row => String(row.ready), align: 'right', paint: whole },
      { title: 'UPDATED', cell: row => String(row.updated), align: 'right', dispensable: 2 },
      { title: 'AVAILABLE', cell: row => String(row.available), align: 'right', paint: whole },
      { title: 'SINCE', cell: row => text(ageSince(row.since, now)), align: 'right', dispensable: 5 },
      { title: 'AGE', cell: row => text(ageSince(row.createdAt, now)), align: 'right', dispensable: 4 },
      ...widely<SetRow>(wide, { title: 'REVISION', cell: row => text(row.revision), dispensable: 6 }),
    ],
    why: whyColumn(paint),
  }
}

const classSection = (rows: readonly ClassRow[], { wide, paint, now }: TableStyle): Section<ClassRow> => ({
  title: 'classes',
  rows,
  state: row => row.state,
  columns: [
    { title: 'CLASS', cell: row => row.name, cutTo: 12, paint: cell => paint('bold', cell) },
    { title: 'PROVIDER', cell: row => row.provider, cutTo: 10 },
    { title: 'READY', cell: row => row.ready, paint: (cell, row) => paint(row.ready === 'True' ? 'green' : 'yellow', cell) },
    { title: 'NODES', cell: row => String(row.nodes), align: 'right' },
    { title: 'LIMIT', cell: row => text(row.limit), align: 'right', dispensable: 2 },
    { title: 'SINCE', cell: row => text(ageSince(row.since, now)), align: 'right', dispensable: 4 },
    { title: 'AGE', cell: row => text(ageSince(row.createdAt, now)), align: 'right', dispensable: 3 },
    ...widely<ClassRow>(wide, { title: 'CONTROLLER', cell: row => row.controller, dispensable: 5 }),
  ],
  why: whyColumn(paint),
})

const controllerSection = (rows: readonly ControllerDescription[], { paint, now }: TableStyle): Section<ControllerDescription> => ({
  title: 'controllers',
  rows,
  state: row => (row.why === '' ? 'ok' : 'trouble'),
  columns: [
    { title: 'CONTROLLER', cell: row => row.controller, cutTo: 16, paint: cell => paint('bold', cell) },
    { title: 'STATE', cell: row => row.state, paint: (cell, row) => paint(row.state === 'acting' ? 'green' : 'yellow', cell) },
    { title: 'HOLDER', cell: row => text(row.holder === undefined ? undefined : holderName(row.holder)), cutTo: 10, dispensable: 2 },
    { title: 'RENEWED', cell: row => text(ageSince(row.renewedAt, now)), align: 'right', dispensable: 3 },
    { title: 'LEASE', cell: row => row.lease, cutTo: 12, dispensable: 4 },
  ],
  why: { title: 'WHY', cell: row => row.why, cutTo: 24, paint: cell => paint('red', cell) },
})
