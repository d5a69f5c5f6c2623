import { expect, test } from 'vitest'
import type { Client } from './client.ts'
import { isFields } from './memory.ts'
import { withoutServersWords } from './openapi-words.ts'
import type { Fields, Value } from './script.ts'
import { startSides } from './sides.ts'

const documentAt = async (client: Client, path: string): Promise<Fields> => {
  const { body } = await client.ask({ method: 'GET', path, headers: { accept: 'application/json' } })
  const document = withoutServersWords(body)
  if (!isFields(document)) throw new Error(`${path} is no document: ${JSON.stringify(body)}`)
  return document
}

const at = (value: Value | undefined, ...path: readonly string[]): Value | undefined =>
  path.reduce<Value | undefined>((found, key) => (isFields(found) ? found[key] : undefined), value)

const fieldsAt = (document: Fields, ...path: readonly string[]): Fields => {
  const found = at(document, ...path)
  return isFields(found) ? found : {}
}

// The embedded server serves fewer kinds, and no path twice: of what it has, each path and each schema is as there.
test('documents of built-in groups say of each kind what those of kube-apiserver say', { timeout: 300_000 }, async () => {
  await using sides = await startSides()
  const [embedded, real] = [sides.embedded.client, sides.real.client]
  const index = fieldsAt(await documentAt(embedded, '/openapi/v3'), 'paths')
  const groups = Object.keys(index).filter(path => !path.includes('.test/') && !path.includes('kube-node.dev'))
  expect(groups.length).toBeGreaterThan(10)
  let compared = 0
  for (const group of groups) {
    const path = `/openapi/v3/${group}`
    const [ours, theirs] = [await documentAt(embedded, path), await documentAt(real, path)]
    for (const part of [['paths'], ['components', 'schemas']]) {
      const [own, all] = [fieldsAt(ours, ...part), fieldsAt(theirs, ...part)]
      for (const [name, value] of Object.entries(own)) {
        expect({ [name]: value }).toEqual({ [name]: all[name] })
        compared += 1
      }
    }
    const rest = ({ components: _components, paths: _paths, ...others }: Fields): Fields => others
    expect({ ...rest(ours), security: at(ours, 'components', 'securitySchemes') }).toEqual({
      ...rest(theirs),
      security: at(theirs, 'components', 'securitySchemes'),
    })
  }
  expect(compared).toBeGreaterThan(500)
})
