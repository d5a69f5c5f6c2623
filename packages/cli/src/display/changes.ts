import type { NodeRow, SetRow, View } from './view.ts'

/** What is different between two moments, a line each: for outputs that can't be drawn on. */
export const changesBetween = (before: View, now: View): readonly string[] => [
  ...differing(before.sets, now.sets, setText).map(([name, text]) => `nodeset/${name}  ${text ?? 'gone'}`),
  ...differing(before.nodes, now.nodes, nodeText).map(([name, text]) => `node/${name}  ${text ?? 'gone'}`),
]

const setText = ({ desired, ready, available, note, trouble }: SetRow): string =>
  [`${desired} desired, ${ready} ready, ${available} available`, ...(trouble ? [note] : [])].join('  ')

const nodeText = ({ phase, machine, why }: NodeRow): string => [phase, machine, why].filter(text => text !== '').join('  ')

/** Names whose text is not what it was, with the new one; undefined for those that are gone. */
export const differing = <Row extends { readonly name: string }>(
  before: readonly Row[],
  now: readonly Row[],
  text: (row: Row) => string,
): readonly (readonly [string, string | undefined])[] => {
  const old = new Map(before.map(row => [row.name, text(row)]))
  const names = new Set(now.map(row => row.name))
  return [
    ...now.filter(row => old.get(row.name) !== text(row)).map(row => [row.name, text(row)] as const),
    ...[...old.keys()].filter(name => !names.has(name)).map(name => [name, undefined] as const),
  ]
}
