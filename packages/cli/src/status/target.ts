import { CommandFailed } from '../terminal/index.ts'

export type Sort = 'nodes' | 'nodeSets' | 'classes'

/** What a command was asked about: everything, all of one sort, or one of them. */
export interface Target {
  readonly sort?: Sort
  readonly name?: string
}

const words: Readonly<Record<Sort, readonly string[]>> = {
  nodes: ['node', 'nodes', 'no'],
  nodeSets: ['nodeset', 'nodesets', 'nset'],
  classes: ['class', 'classes', 'nodeclass', 'nodeclasses', 'nc'],
}

/** How people write one of a sort. */
export const titles: Readonly<Record<Sort, string>> = { nodes: 'node', nodeSets: 'nodeset', classes: 'class' }
export const kinds: Readonly<Record<Sort, string>> = { nodes: 'Node', nodeSets: 'NodeSet', classes: 'NodeClass' }

/**
 * Reads `node/a`, `node a`, `nodes` or nothing, as kubectl would.
 * @throws CommandFailed (2) that says what there is.
 */
export const parseTarget = (what: string | undefined, name: string | undefined): Target => {
  if (what === undefined) return {}
  const slash = what.indexOf('/')
  const word = slash < 0 ? what : what.slice(0, slash)
  const sort = sortOf(word)
  if (sort === undefined) {
    throw new CommandFailed(
      `"${what}" is nothing that kube-node knows: write nodes, nodesets, classes, node/NAME, nodeset/NAME or class/NAME`,
      {
        exitCode: 2,
      },
    )
  }
  const named = slash < 0 ? name : what.slice(slash + 1)
  if (slash >= 0 && name !== undefined) throw new CommandFailed(`write ${what} alone, or ${word} ${name}`, { exitCode: 2 })
  if (named === '') throw new CommandFailed(`${what} has no name: write ${titles[sort]}/NAME`, { exitCode: 2 })
  return named === undefined ? { sort } : { sort, name: named }
}

const sortOf = (word: string): Sort | undefined => {
  if (words.nodes.includes(word)) return 'nodes'
  if (words.nodeSets.includes(word)) return 'nodeSets'
  return words.classes.includes(word) ? 'classes' : undefined
}
