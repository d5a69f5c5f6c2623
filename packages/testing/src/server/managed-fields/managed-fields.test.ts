import type { Json } from '@kube-node/core/kube'
import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { createApiServer } from '../index.ts'
import recorded from './recorded.json' with { type: 'json' }
import { type Story, definition, stories } from './stories.fixture.ts'
import { type Answer, type Told, tell } from './tell.fixture.ts'

// What kube-apiserver 1.37.2 answered to the same stories: scripts/record-managed-fields.ts.
const answers = recorded as unknown as Readonly<Record<string, readonly Told[]>>

const toldTo = async (story: Story): Promise<readonly Told[]> => {
  const runtime = manualRuntime()
  await using server = createApiServer({ runtime })
  const transport = server.transport()
  const ask = async (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, rest: object): Promise<Answer> => {
    const { status, body } = await transport.request({ method, path, signal: new AbortController().signal, ...rest })
    return { status, body: body as Answer['body'] } // border: the server's own JSON
  }
  await ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: definition as Json })
  return await tell(story, async ({ method, path, query, type, userAgent, body }) => {
    await runtime.advance(2_000)
    return ask(method, path, { query, headers: { 'content-type': type, 'user-agent': userAgent }, ...(body === undefined ? {} : { body }) })
  })
}

// As JSON: in it there is no difference between absent and undefined.
test.each(stories)('$title', async story => {
  expect(JSON.parse(JSON.stringify(await toldTo(story)))).toEqual(answers[story.title])
})
