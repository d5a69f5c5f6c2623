import type { ResourceDefinition } from '../schema/index.ts'

const versionKey = (group: string, version: string, plural: string): string => `${group}/${version}/${plural}`

/** The kinds that are served at this moment: the built-in ones, and those of established CRDs. */
export class Registry {
  readonly #builtin: readonly ResourceDefinition[]
  readonly #custom = new Map<string, readonly ResourceDefinition[]>()
  #all: readonly ResourceDefinition[]
  #byVersion = new Map<string, ResourceDefinition>()

  constructor(builtin: readonly ResourceDefinition[]) {
    this.#builtin = builtin
    this.#all = builtin
    this.#index()
  }

  /** A new array after each change of what is served: good as a key of caches. */
  get all(): readonly ResourceDefinition[] {
    return this.#all
  }

  find(group: string, version: string, plural: string): ResourceDefinition | undefined {
    return this.#byVersion.get(versionKey(group, version, plural))
  }

  /** Every served version of a resource. */
  versions(group: string, plural: string): readonly ResourceDefinition[] {
    return this.#all.filter(definition => definition.group === group && definition.plural === plural)
  }

  /** The kind that an `apiVersion` and `kind` name, as ownerReferences do. */
  ofKind(apiVersion: string, kind: string): ResourceDefinition | undefined {
    const [version = '', group = ''] = apiVersion.split('/').reverse()
    return this.#all.find(definition => definition.group === group && definition.version === version && definition.kind === kind)
  }

  /** One definition of each resource, whatever its versions. */
  resources(): readonly ResourceDefinition[] {
    const seen = new Map<string, ResourceDefinition>()
    for (const definition of this.#all) {
      const id = `${definition.group}/${definition.plural}`
      if (!seen.has(id) || definition.storage === true) seen.set(id, definition)
    }
    return [...seen.values()]
  }

  /** Is there a built-in kind? Those of a group come from a server of their own, which answers for the whole group. */
  servesBuiltin(group: string, version?: string): boolean {
    return this.#builtin.some(definition => definition.group === group && (version === undefined || definition.version === version))
  }

  /** Serves a CRD's kinds, in place of what that CRD had served before; an empty list stops serving it. */
  setCustom(crd: string, definitions: readonly ResourceDefinition[]): void {
    if (definitions.length === 0) this.#custom.delete(crd)
    else this.#custom.set(crd, definitions)
    this.#all = [...this.#builtin, ...[...this.#custom.values()].flat()]
    this.#index()
  }

  #index(): void {
    this.#byVersion = new Map(this.#all.map(d => [versionKey(d.group, d.version, d.plural), d]))
  }
}
