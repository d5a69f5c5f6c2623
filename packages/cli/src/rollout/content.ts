import { isDeepStrictEqual } from 'node:util'
import { type RevisionContent, type RevisionOfClass, revisionOf, revisionOfSet } from '@kube-node/core'
import { type NodeClass, type NodeSet, classNamesOfSet, mergePatch } from '@kube-node/core/api'

/** The classes of a set as they are now, by name. A class that is not in it does not exist. */
export type Classes = ReadonlyMap<string, NodeClass>

/** What set and classes ask for now, as the controller would keep it; undefined when a class is missing. */
export const contentNow = (set: NodeSet, classes: Classes): RevisionContent | undefined => {
  const names = classNamesOfSet(set)
  const found = names.flatMap(name => classes.get(name) ?? [])
  if (found.length < names.length) return undefined
  const { config, restartedAt } = set.spec.template ?? {}
  const template = { ...(config && { config }), ...(restartedAt !== undefined && { restartedAt }) }
  return {
    template,
    classes: found.map(({ spec }, at) => {
      const { provider, config: own, bootstrap } = spec
      const one = { provider, ...(own && { config: own }), ...(bootstrap && { bootstrap }) }
      return { name: names[at] ?? '', revision: machinesOf(one, template), ...one }
    }),
  }
}

/** As the controller calls what `status.updateRevision` shows. Hashed here and now, not as some controller wrote it. */
export const nameOfContent = ({ classes, template }: RevisionContent): string | undefined => {
  const [first, ...others] = classes.map(one => machinesOf(one, template))
  return first === undefined ? undefined : revisionOfSet([first, ...others])
}

/** Do both make the same machines, of the same classes? */
export const makesTheSame = (a: RevisionContent, b: RevisionContent): boolean =>
  nameOfContent(a) === nameOfContent(b) &&
  isSame(
    a.classes.map(({ name }) => name),
    b.classes.map(({ name }) => name),
  )

/** Equal as JSON is; what is not there is like an empty object. */
export const isSame = (a: unknown, b: unknown): boolean => isDeepStrictEqual(a ?? {}, b ?? {})

const machinesOf = (spec: Omit<RevisionOfClass, 'name' | 'revision'>, template: RevisionContent['template']): string => {
  const config = mergePatch(spec.config ?? {}, template.config ?? {})
  return revisionOf(spec, typeof config === 'object' && config !== null ? { ...config } : {}, template.restartedAt)
}
