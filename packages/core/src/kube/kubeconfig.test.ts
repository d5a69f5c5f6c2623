import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import { afterEach, describe, expect, it } from 'vitest'
import * as certificates from './certificates.fake.ts'
import { TransportError } from './errors.ts'
import { fromKubeConfig, loadKubeConfig } from './kubeconfig.ts'
import { base64, echo, failureOf, firstClient, get, kubeConfigFor, loopback, trusted } from './loopback.fake.ts'

const { plain, secure, transportTo, closeAll } = loopback()
afterEach(closeAll)

describe('requests', () => {
  it('carry path, query, headers and body, and bring back status, headers and JSON', async () => {
    const { url } = await plain(echo)
    const transport = transportTo(kubeConfigFor(url, { token: 'sesame' }))
    const response = await transport.request(
      get('/api/v1/nodes/a', {
        method: 'PATCH',
        query: { fieldManager: 'kube-node', labelSelector: 'a in (b,c)' },
        headers: { 'content-type': 'application/merge-patch+json', 'user-agent': 'me' },
        body: { metadata: { labels: { ä: 'ö' } } },
      }),
    )
    expect(response).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: {
        method: 'PATCH',
        url: '/api/v1/nodes/a?fieldManager=kube-node&labelSelector=a+in+%28b%2Cc%29',
        headers: { 'content-type': 'application/merge-patch+json', 'user-agent': 'me', authorization: 'Bearer sesame' },
        body: '{"metadata":{"labels":{"ä":"ö"}}}',
      },
    })
  })

  it('write JSON as Go does: kube-apiserver compares the bytes of what a JSON patch tests', async () => {
    const { url } = await plain(echo)
    const json = [{ op: 'test', path: '/data/a', value: 'a & b < c > d \u2028 "é"' }]
    const sent = await transportTo(kubeConfigFor(url)).request(get('/x', { method: 'PATCH', body: json }))
    const written = '[{"op":"test","path":"/data/a","value":"a \\u0026 b \\u003c c \\u003e d \\u2028 \\"é\\""}]'
    expect(sent).toMatchObject({ body: { body: written } })
    expect(JSON.parse(written)).toEqual(json)
  })

  it('keep the path that the server lies behind', async () => {
    const { url } = await plain(echo)
    const transport = transportTo(kubeConfigFor(`${url}/k8s/clusters/c-1/`))
    expect(await transport.request(get('/version'))).toMatchObject({ body: { url: '/k8s/clusters/c-1/version' } })
  })

  it('take a refusal for an answer, and text that is no JSON for text', async () => {
    const { url } = await plain((_, response) => response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n'))
    expect(await transportTo(kubeConfigFor(url)).request(get('/nope'))).toMatchObject({ status: 404, body: '404 page not found\n' })
  })

  it('use few connections, however many there are', async () => {
    const { url, connections } = await secure(echo)
    const transport = transportTo(kubeConfigFor(url, firstClient, trusted))
    for (let i = 0; i < 100; i++) await transport.request(get('/version'))
    // A second one is made when the next request comes before the first connection has seen the end of its answer.
    expect(connections()).toBeLessThanOrEqual(2)
    await Promise.all(Array.from({ length: 200 }, () => transport.request(get('/version'))))
    expect(connections()).toBeLessThanOrEqual(16)
  })

  it('that are urgent wait behind no others, however many hang', async () => {
    const { url } = await plain((request, response) => (request.url === '/lease' ? echo(request, response) : undefined))
    const transport = transportTo(kubeConfigFor(url))
    const stop = new AbortController()
    const hanging = Promise.allSettled(Array.from({ length: 100 }, () => transport.request(get('/hangs', { signal: stop.signal }))))
    const renewals = Array.from({ length: 5 }, () => transport.request(get('/lease', { urgent: true })))
    expect((await Promise.all(renewals)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    stop.abort()
    expect((await hanging).every(({ status }) => status === 'rejected')).toBe(true)
  })

  it('keep their connection after a deletion, which says in its body of what', async () => {
    const { url, connections } = await secure(echo)
    const transport = transportTo(kubeConfigFor(url, firstClient, trusted))
    const deletion = { ...get('/api/v1/nodes/a'), method: 'DELETE', body: { preconditions: { uid: 'u' } } } as const
    for (let i = 0; i < 10; i++) await transport.request(deletion)
    // As above.
    expect(connections()).toBeLessThanOrEqual(2)
  })

  it('say who they are by certificate, and make new connections when it is renewed', async () => {
    const { url } = await secure(echo)
    const kubeConfig = kubeConfigFor(url, firstClient, trusted)
    const transport = transportTo(kubeConfig)
    expect(await transport.request(get('/'))).toMatchObject({ body: { peer: 'kube-node test client' } })
    Object.assign(kubeConfig.users[0] ?? {}, {
      certData: base64(certificates.secondClientCertificate),
      keyData: base64(certificates.secondClientKey),
    })
    expect(await transport.request(get('/'))).toMatchObject({ body: { peer: 'kube-node test client2' } })
  })

  it('ask for the token each time, so that a renewed one is used', async () => {
    const { url } = await plain(echo)
    const kubeConfig = kubeConfigFor(url, { token: 'first' })
    const transport = transportTo(kubeConfig)
    expect(await transport.request(get('/'))).toMatchObject({ body: { headers: { authorization: 'Bearer first' } } })
    Object.assign(kubeConfig.users[0] ?? {}, { token: 'second' })
    expect(await transport.request(get('/'))).toMatchObject({ body: { headers: { authorization: 'Bearer second' } } })
  })

  it('send user and password where a kubeconfig has them', async () => {
    const { url } = await plain(echo)
    const transport = transportTo(kubeConfigFor(url, { username: 'me', password: 'sesame' }))
    expect(await transport.request(get('/'))).toMatchObject({ body: { headers: { authorization: `Basic ${base64('me:sesame')}` } } })
  })

  it('send what a credential plugin prints', async () => {
    const { url } = await plain(echo)
    const script = 'console.log(JSON.stringify({ status: { token: "from-plugin" } }))'
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: ['-e', script] }
    expect(await transportTo(kubeConfigFor(url, { exec })).request(get('/'))).toMatchObject({
      body: { headers: { authorization: 'Bearer from-plugin' } },
    })
  })

  it('ask a credential plugin once for all who wait', async () => {
    const { url } = await plain(echo)
    let asked = 0
    const transport = transportTo({
      getCurrentCluster: () => ({ server: url }),
      async applyToHTTPSOptions(options) {
        asked++
        await new Promise(resolve => setImmediate(resolve))
        Object.assign(options, { headers: { Authorization: 'Bearer x' } })
      },
    })
    await Promise.all(Array.from({ length: 20 }, () => transport.request(get('/'))))
    expect(asked).toBe(1)
  })

  it('go through the proxy that the kubeconfig names', async () => {
    const { url } = await plain(echo)
    const seen: (string | undefined)[] = []
    const proxy = await plain((request, response) => {
      seen.push(request.url)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
    await transportTo(kubeConfigFor(url, {}, { 'proxy-url': proxy.url, 'insecure-skip-tls-verify': true })).request(get('/version'))
    expect(seen).toEqual([`${url}/version`])
  })
})

describe('requests that fail', () => {
  it('say what could not be reached, and nothing of the token', async () => {
    const { url, server } = await plain(echo)
    server.close()
    const error = await failureOf(transportTo(kubeConfigFor(url, { token: 'sesame' })).request(get('/version')))
    expect(TransportError.is(error)).toBe(true)
    expect(error.message).toBe(`cannot reach ${url}: connect ECONNREFUSED ${url.slice(7)}`)
    expect(JSON.stringify([error.message, error.cause, error.stack])).not.toContain('sesame')
  })

  it('say that the server is not the one that the kubeconfig trusts', async () => {
    const { url } = await secure(echo)
    const error = await failureOf(transportTo(kubeConfigFor(url, firstClient)).request(get('/version')))
    expect(error.message).toMatch(/^cannot trust https:.*check certificate-authority/)
  })

  it('tell a connection that breaks before the answer', async () => {
    const { url } = await plain(request => request.socket.destroy())
    const error = await failureOf(transportTo(kubeConfigFor(url)).request(get('/')))
    expect(error.message).toBe(`lost the connection to ${url}: other side closed`)
  })

  it('end with their signal', async () => {
    const { url, open } = await plain(() => undefined)
    const stop = new AbortController()
    const failed = failureOf(transportTo(kubeConfigFor(url)).request(get('/slow', { signal: stop.signal })))
    while (open() === 0) await new Promise(resolve => setImmediate(resolve))
    stop.abort(new Error('enough'))
    expect(await failed).toMatchObject({ message: 'GET /slow: aborted', cause: new Error('enough') })
  })

  it("never quote an answer or a plugin's output, which may be a Secret", async () => {
    const { url } = await plain((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('hunter2'))
    const answer = await failureOf(transportTo(kubeConfigFor(url)).request(get('/')))
    const plugin = await failureOf(
      transportTo({
        getCurrentCluster: () => ({ server: url }),
        applyToHTTPSOptions: async () => void JSON.parse('hunter2'),
      }).request(get('/')),
    )
    expect(plugin.message).toBe(`no credentials for ${url}: what the credential plugin printed is not JSON`)
    expect(JSON.stringify([answer.message, answer.cause, plugin.message, plugin.cause])).not.toContain('hunter2')
  })

  it('tell what a credential plugin complained of', async () => {
    const { url } = await plain(echo)
    const error = await failureOf(
      transportTo({
        getCurrentCluster: () => ({ server: url }),
        applyToHTTPSOptions: () => Promise.reject(new Error('session expired, run: cloud login\nat line 5')),
      }).request(get('/')),
    )
    expect(error.message).toBe(`no credentials for ${url}: session expired, run: cloud login`)
  })

  it('refuse to send credentials unencrypted, but to this machine itself', async () => {
    const error = await failureOf(transportTo(kubeConfigFor('http://192.0.2.1:8080', { token: 'x' })).request(get('/')))
    expect(error.message).toMatch(/would see credentials unencrypted/)
  })

  it('need a current cluster, and a transport that is still open', async () => {
    expect(() => fromKubeConfig(new KubeConfig())).toThrow(/no current cluster/)
    const { url } = await plain(echo)
    const transport = transportTo(kubeConfigFor(url))
    await transport.request(get('/'))
    await transport[Symbol.asyncDispose]()
    expect((await failureOf(transport.request(get('/')))).message).toMatch(/was closed/)
  })
})

describe('loadKubeConfig', () => {
  it('reads a file, and the context that is asked for', async () => {
    const { url } = await plain(echo)
    const folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'))
    try {
      const file = join(folder, 'config')
      await writeFile(file, kubeConfigFor(url, { token: 'sesame' }).exportConfig())
      const response = await transportTo(await loadKubeConfig({ file })).request(get('/version'))
      expect(response).toMatchObject({ body: { url: '/version', headers: { authorization: 'Bearer sesame' } } })
      const other = await loadKubeConfig({ file, context: 'other' })
      expect(() => fromKubeConfig(other)).toThrow(/no current cluster: check its current-context/)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
