import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  type KubeObject,
  type Node,
  type NodeClass,
  type NodeSet,
  type Resource,
  NodeClasses,
  NodeSets,
  Nodes,
  apiVersionOf,
} from '@kube-node/core/api'
import { parse } from 'yaml'
import { CommandFailed, packageFolder } from '../terminal/index.ts'

/** The manifests of examples/, as they stand there, and where each came from. */
export interface Examples {
  readonly nodeClass: NodeClass
  readonly nodeSet: NodeSet
  readonly node: Node
  readonly folder: string
}

/** @throws CommandFailed when a file is missing or holds something else. */
export const readExamples = async (folder: string = examplesFolder()): Promise<Examples> => ({
  nodeClass: await read(folder, 'nodeclass.yaml', NodeClasses),
  nodeSet: await read(folder, 'nodeset.yaml', NodeSets),
  node: await read(folder, 'node1.yaml', Nodes),
  folder,
})

/** Beside the code of the installed package, or in the repository. */
const examplesFolder = (): string => {
  const places = [join(import.meta.dirname, 'examples'), join(dirname(dirname(packageFolder())), 'examples')]
  const found = places.find(folder => existsSync(join(folder, 'nodeclass.yaml')))
  if (found === undefined) throw new CommandFailed(`the example manifests are missing: looked in ${places.join(' and ')}`)
  return found
}

const read = async <T extends KubeObject>(folder: string, file: string, resource: Resource<T>): Promise<T> => {
  const path = join(folder, file)
  let object: unknown
  try {
    object = parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new CommandFailed(`${path} can't be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
  if (!isOf(object, resource)) throw new CommandFailed(`${path} holds no ${resource.kind} of ${apiVersionOf(resource)}`)
  return object
}

/** Kind and version are looked at here; whether its fields make sense is the API server's to say. */
const isOf = <T extends KubeObject>(object: unknown, resource: Resource<T>): object is T =>
  typeof object === 'object' &&
  object !== null &&
  'apiVersion' in object &&
  object.apiVersion === apiVersionOf(resource) &&
  'kind' in object &&
  object.kind === resource.kind
