import { createHash } from 'node:crypto'
import { type NodeSet, NodeSets, group as apiGroup, labels, version } from '../../api/index.ts'
import type { Group } from '../../provider/index.ts'

export interface ImportFacts {
  readonly className: string
  /** Ids as the class says them, with `*` for any characters. */
  readonly ids: readonly string[]
  /** What a complete list shows. */
  readonly groups: readonly Group[]
  /** Ids of groups that a set has, or has named. */
  readonly driven: ReadonlySet<string>
}

/**
 * Pure: the sets that are to be made, one for each group that the class imports and nobody has. One that carries an owner is some set's,
 * of this cluster or another. The name is a function of class and group, so that a repeated create is the same one.
 */
export const planImport = ({ className, ids, groups, driven }: ImportFacts): readonly NodeSet[] =>
  groups
    .filter(({ id, owner }) => owner === undefined && !driven.has(id) && ids.some(pattern => fits(pattern, id)))
    .map(({ id, size, autoscaled }) => ({
      apiVersion: `${apiGroup}/${version}`,
      kind: NodeSets.kind,
      metadata: { name: nameFor(className, id), labels: { [labels.importedBy]: className } },
      spec: {
        replicas: size,
        nodeClassName: className,
        // Whoever scales it already goes on doing so.
        group: { id, sizeAuthority: autoscaled === undefined ? 'nodeset' : 'group', deletionPolicy: 'Keep' },
      },
    }))

const fits = (pattern: string, id: string): boolean => {
  const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  return new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`, 's').test(id)
}

/** A label of this length fits wherever the name of a set goes. */
const longest = 63
const hashLength = 8

const nameFor = (className: string, id: string): string => {
  const plain = `${className}-${id}`
  if (plain.length <= longest && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(plain)) return plain
  // Other ids may read the same.
  const hash = createHash('sha256').update(plain).digest('hex').slice(0, hashLength)
  const readable = plain
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, longest - hashLength - 1)
    .replaceAll(/^-+|-+$/g, '')
  return `${readable}-${hash}`
}
