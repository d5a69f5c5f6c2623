import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** A field of one of Go's structs, as far as its JSON depends on it. */
export interface GoField {
  readonly json: string
  /** Without `*`, `[]` and `map[...]`: `TaintEffect`, `metav1.Time`. */
  readonly type: string
  readonly pointer: boolean
  readonly container: boolean
  /** `omitempty` or `omitzero`: the zero value is left out. */
  readonly omitted: boolean
  readonly omitzero: boolean
}

/** Finds structs of the Kubernetes API in its Go sources. `modules` holds folders like `api@v0.37.2` (GOMODCACHE/k8s.io). */
export const goTypes = (modules: string, version: string): ((schemaName: string) => readonly GoField[] | undefined) => {
  const packages = new Map<string, ReadonlyMap<string, readonly string[]>>()

  const structsOf = (folder: string): ReadonlyMap<string, readonly string[]> => {
    const known = packages.get(folder)
    if (known !== undefined) return known
    const structs = new Map<string, readonly string[]>()
    for (const file of readdirSync(folder).filter(name => name.endsWith('.go') && !/_test|generated|_swagger_doc|zz_/.test(name))) {
      const text = readFileSync(join(folder, file), 'utf8')
      for (const [, name = '', body = ''] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) structs.set(name, body.split('\n'))
    }
    packages.set(folder, structs)
    return structs
  }

  const folderOf = (parts: readonly string[]): string => {
    const [module = '', ...path] = parts
    return join(modules, `${module}@${version}`, ...path)
  }

  const fieldsOf = (structs: ReadonlyMap<string, readonly string[]>, name: string): readonly GoField[] | undefined =>
    structs.get(name)?.flatMap(line => {
      const [, go = '', tag = ''] = /^\t(?:\w+\s+)?(\S+)\s+`json:"([^"]*)"/.exec(line) ?? []
      if (go === '') return []
      const [json = '', ...options] = tag.split(',')
      if (json === '') return fieldsOf(structs, go) ?? []
      const bare = go.replace(/^\*/, '').replace(/^(?:\[\]|map\[\w+(?:\.\w+)?\])\*?/, '')
      return [
        {
          json,
          type: bare,
          pointer: go.startsWith('*'),
          container: /^\*?(?:\[\]|map\[)/.test(go),
          omitted: options.some(o => o.startsWith('omit')),
          omitzero: options.includes('omitzero'),
        },
      ]
    })

  return schemaName => {
    // io.k8s.api.core.v1.Node, io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta
    const parts = schemaName.split('.')
    const name = parts.at(-1) ?? ''
    if (parts[0] !== 'io' || parts[1] !== 'k8s') return undefined
    return fieldsOf(structsOf(folderOf(parts.slice(2, -1))), name)
  }
}
