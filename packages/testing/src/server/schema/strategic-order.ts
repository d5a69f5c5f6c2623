import { equal, isObject, own } from './json.ts'

/**
 * The merged list in the order that the API server gives it: items that the patch names as `wanted` names them, the others as they
 * stood, and an other item before the first named one that it stood before. `key` is the merge key of a list of objects.
 */
export const orderedLike = (
  merged: readonly unknown[],
  wanted: readonly unknown[],
  before: readonly unknown[],
  key: string | undefined,
): readonly unknown[] => {
  const identity = (item: unknown): unknown => (key === undefined || !isObject(item) ? item : own(item, key))
  const place = (list: readonly unknown[], item: unknown): number => list.findIndex(other => equal(identity(other), identity(item)))
  const byPlaceIn =
    (list: readonly unknown[]) =>
    (a: unknown, b: unknown): number =>
      place(list, a) - place(list, b)
  const named = merged.filter(item => place(wanted, item) >= 0).sort(byPlaceIn(wanted))
  const others = merged.filter(item => place(wanted, item) < 0).sort(byPlaceIn(before))
  const result: unknown[] = []
  while (named.length > 0 && others.length > 0) {
    const [a, b] = [place(before, others[0]), place(before, named[0])]
    result.push(a >= 0 && b >= 0 && a < b ? others.shift() : named.shift())
  }
  return [...result, ...named, ...others]
}
