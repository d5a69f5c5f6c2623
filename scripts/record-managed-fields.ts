// Tells the stories of packages/testing/src/server/managed-fields to a real kube-apiserver 1.37 and writes down what it answers, for
// the test of the embedded one. Starts it by itself (npm run e2e:tools), without controllers, which would write between the lines.
import { writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { startControlPlane } from '../e2e/control-plane/index.ts'
import { definition, stories } from '../packages/testing/src/server/managed-fields/stories.fixture.ts'
import { type Answer, tell } from '../packages/testing/src/server/managed-fields/tell.fixture.ts'

await using plane = await startControlPlane({ controllerManager: false })

const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const authorization = `Bearer ${plane.adminToken}`
    const sent = request(
      new URL(path, plane.server),
      { method, ca: plane.caPem, headers: { authorization, 'content-type': 'application/json', ...headers } },
      answer => {
        let received = ''
        answer.setEncoding('utf8').on('data', (chunk: string) => (received += chunk))
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            body: JSON.parse(received) as Answer['body'] /* border: what it speaks is JSON objects */,
          }),
        )
      },
    )
    sent.on('error', reject).end(text)
  })

await ask('POST', '/api/v1/namespaces/default/serviceaccounts', {}, { metadata: { name: 'default' } })
await ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {}, definition)
await sleep(3_000)
const told = await Promise.all(
  stories.map(async story => {
    const answers = await tell(story, async ({ method, path, query, type, userAgent, body }) => {
      await sleep(1_100)
      const params = new URLSearchParams(query).toString()
      return ask(method, `${path}${params === '' ? '' : `?${params}`}`, { 'content-type': type, 'user-agent': userAgent }, body)
    })
    return { title: story.title, answers }
  }),
)
const lines = told.map(({ title, answers }) => {
  const list = answers.map(answer => `    ${JSON.stringify(answer)}`).join(',\n')
  return `  ${JSON.stringify(title)}: [\n${list}\n  ]`
})
writeFileSync(new URL('../packages/testing/src/server/managed-fields/recorded.json', import.meta.url), `{\n${lines.join(',\n')}\n}\n`)
