import { describe, expect, it } from 'vitest'
import type { Json } from '../kube/index.ts'
import { certificates } from './certificates.fixture.ts'
import { clusterWith } from './client.fixture.ts'
import { type ClusterOptions, readClusterFacts } from './cluster.ts'

const { signal } = new AbortController()
const info = '/api/v1/namespaces/kube-public/configmaps/cluster-info'
const dns = '/api/v1/namespaces/kube-system/services/kube-dns'
const [{ pem: ca }, { pem: otherCa }] = certificates
const server = 'https://203.0.113.7:6443'

/** As kubeadm 1.37 makes it. */
const published = (
  kubeconfig = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${Buffer.from(ca).toString('base64')}
    server: ${server}
  name: ""
contexts: null
current-context: ""
kind: Config
users: null
`,
): Json => ({ metadata: { name: 'cluster-info' }, data: { kubeconfig, 'jws-kubeconfig-abcdef': 'x' } })
const service = { spec: { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10', 'fd00::a'] } }

const readFrom = async (objects: Readonly<Record<string, Json>>, options: ClusterOptions = {}): Promise<unknown> =>
  readClusterFacts(clusterWith(objects).client, 'uid-1', options, signal)

describe('what machines must know of the cluster', () => {
  it('is published by kubeadm', async () => {
    expect(await readFrom({ [info]: published(), [dns]: service })).toEqual({
      ok: true,
      value: { uid: 'uid-1', server, ca, dns: ['10.96.0.10', 'fd00::a'], domain: 'cluster.local' },
    })
  })

  it('is what the host says, and then nothing is asked', async () => {
    const { client, asked } = clusterWith({ [info]: published(), [dns]: service })
    const options = { server: 'https://api.example.com', ca: otherCa, dns: [], domain: 'example.internal' }
    expect(await readClusterFacts(client, 'uid-1', options, signal)).toEqual({ ok: true, value: { uid: 'uid-1', ...options } })
    expect(asked).toEqual([])
  })

  it('is asked for where the host says a part of it', async () => {
    expect(await readFrom({ [info]: published() }, { server: 'https://api.example.com' })).toMatchObject({
      ok: true,
      value: { server: 'https://api.example.com', ca, dns: [] },
    })
  })

  it.each([
    [undefined, []],
    [{ spec: { clusterIP: '10.0.0.10' } }, ['10.0.0.10']],
    [{ spec: { clusterIP: 'None', clusterIPs: ['None'] } }, []],
    [{ spec: {} }, []],
  ])('has DNS as its Service says: %j', async (object, addresses) => {
    expect(await readFrom({ [info]: published(), ...(object && { [dns]: object }) })).toHaveProperty('value.dns', addresses)
  })

  it.each<[string, Readonly<Record<string, Json>>, RegExp]>([
    ['nothing is published', {}, /there is no ConfigMap kube-public\/cluster-info/],
    ['something else is published', { [info]: { data: { other: '' } } }, /cluster-info has no entry kubeconfig/],
    ['it is no YAML', { [info]: published('a: [') }, /names no cluster/],
    ['it is empty', { [info]: published('') }, /names no cluster/],
    ['it names no cluster', { [info]: published('clusters: []') }, /names no cluster/],
    ['its cluster has nothing in it', { [info]: published('clusters: [{cluster: {}}]') }, /cluster-info does not tell it/],
  ])('is a problem that says what to configure where %s', async (_, objects, words) => {
    expect(await readFrom(objects)).toEqual({
      ok: false,
      problems: [
        { path: 'cluster.server', message: expect.stringMatching(words) as string },
        { path: 'cluster.ca', message: expect.stringMatching(words) as string },
      ],
    })
    expect(JSON.stringify(await readFrom(objects))).toMatch(/tell the controller the URL under which machines reach the API server/)
  })

  it.each([
    'http://api.example.com',
    'api.example.com:6443',
    'https://api.example.com/path',
    'https://me@api.example.com',
    'https://api.example.com?x',
    '',
  ])('cannot be %j', async wrong => {
    expect(await readFrom({}, { server: wrong, ca })).toEqual({
      ok: false,
      problems: [{ path: 'cluster.server', message: 'must be https://HOST:PORT and no more' }],
    })
  })

  it('cannot be an authority that nobody can read', async () => {
    expect(await readFrom({}, { server, ca: 'nonsense' })).toEqual({
      ok: false,
      problems: [{ path: 'cluster.ca', message: "must be certificates in PEM, and can't be read: holds no certificate in PEM" }],
    })
  })

  it('that may not be read is an error of the API', async () => {
    await expect(readFrom({ [info]: 'forbidden' })).rejects.toThrow(/no$/)
    await expect(readFrom({ [info]: published(), [dns]: 'forbidden' })).rejects.toThrow(/no$/)
  })
})
