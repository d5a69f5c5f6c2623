import { describe, expect, it } from 'vitest'
import type { BootstrapSpec } from '../api/index.ts'
import { clusterWith } from './client.fixture.ts'
import { readContents } from './contents.ts'

const { signal } = new AbortController()
const secret = '/api/v1/namespaces/kube-node-system/secrets/files'
const map = '/api/v1/namespaces/kube-node-system/configmaps/files'
const reference = (key: string): { namespace: string; name: string; key: string } => ({ namespace: 'kube-node-system', name: 'files', key })
const base64 = (value: string | readonly number[]): string => Buffer.from(value as string).toString('base64')

const objects = {
  [secret]: { metadata: { name: 'files' }, data: { key: base64('hunter2'), binary: base64([0, 255]) } },
  [map]: { metadata: { name: 'files' }, data: { text: 'a\r\n' }, binaryData: { binary: base64([1, 254]) } },
}

describe('contents of files', () => {
  it('come from Secrets and ConfigMaps as they are, each of them read once', async () => {
    const { client, asked } = clusterWith(objects)
    const spec: BootstrapSpec = {
      files: [
        { path: '/a', content: 'inline' },
        { path: '/b', secretRef: reference('key') },
        { path: '/c', secretRef: reference('binary') },
        { path: '/d', configMapRef: reference('text') },
        { path: '/e', configMapRef: reference('binary') },
      ],
    }
    expect(await readContents(client, spec, signal)).toEqual({
      ok: true,
      value: new Map([
        ['/b', Buffer.from('hunter2')],
        ['/c', Buffer.from([0, 255])],
        ['/d', Buffer.from('a\r\n')],
        ['/e', Buffer.from([1, 254])],
      ]),
    })
    expect(asked).toEqual([secret, map])
  })

  it('are nothing where no file wants any', async () => {
    const { client, asked } = clusterWith({})
    expect(await readContents(client, {}, signal)).toEqual({ ok: true, value: new Map() })
    expect(asked).toEqual([])
  })

  it('that are missing are named, by object and key, and nothing that is there is shown', async () => {
    const { client } = clusterWith(objects)
    const spec: BootstrapSpec = {
      files: [
        { path: '/a', secretRef: reference('kye') },
        { path: '/b', configMapRef: reference('txt') },
        { path: '/c', secretRef: { namespace: 'other', name: 'files', key: 'key' } },
        { path: '/d', configMapRef: { namespace: 'other', name: 'files', key: 'key' } },
        { path: '/e', secretRef: reference('key') },
      ],
    }
    expect(await readContents(client, spec, signal)).toEqual({
      ok: false,
      problems: [
        {
          path: 'spec.bootstrap.files[0].secretRef',
          message: 'Secret kube-node-system/files has no entry kye: make it, or correct the reference',
        },
        {
          path: 'spec.bootstrap.files[1].configMapRef',
          message: 'ConfigMap kube-node-system/files has no entry txt: make it, or correct the reference',
        },
        { path: 'spec.bootstrap.files[2].secretRef', message: 'Secret other/files does not exist: make it, or correct the reference' },
        {
          path: 'spec.bootstrap.files[3].configMapRef',
          message: 'ConfigMap other/files does not exist: make it, or correct the reference',
        },
      ],
    })
  })

  it('that may not be read are named, with what the API server says', async () => {
    const { client } = clusterWith({ [secret]: 'forbidden' })
    expect(await readContents(client, { files: [{ path: '/a', secretRef: reference('key') }] }, signal)).toEqual({
      ok: false,
      problems: [
        {
          path: 'spec.bootstrap.files[0].secretRef',
          message: expect.stringMatching(/^Secret kube-node-system\/files may not be read: .*no: let the controller get it$/),
        },
      ],
    })
  })
})
