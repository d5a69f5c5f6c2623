import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { renderDocument, stepsOf } from '@kube-node/core/bootstrap'
import type { Step } from '@kube-node/core/provider'
import { expect, it, vi } from 'vitest'
import { dockerMachine } from '../src/index.ts'
import { ground } from './ground.ts'

// Programs are started in real time.
vi.setConfig({ testTimeout: 60_000 })

/** What core has the provider do: in the first join, and in each recovery, with a token of its own. */
const stepsWith = (token: string, rejoins: boolean): readonly Step[] => {
  const rendered = renderDocument(
    dockerMachine({ program: 'rancher-machine', storage: '/nowhere' }).definition,
    {
      spec: { type: 'kubelet', commands: ['echo formatted >>/etc/disks'] },
      node: { name: 'a' },
      class: { name: 'pool' },
      cluster: { ok: true, value: { uid: 'u', server: 'https://203.0.113.7:6443', ca: 'an authority', dns: [], domain: 'cluster.local' } },
      token: { id: token, secret: '0123456789abcdef' },
      contents: new Map(),
      steps: { attempt: 'uid-1-1', rejoins },
    },
    rejoins ? `uid-1-1 ${token}` : 'uid-1-1',
  )
  if (!rendered.ok) throw new Error(JSON.stringify(rendered.problems))
  return stepsOf(rendered.value)
}

it('brings a fresh token to a host that has joined, and repeats what formats disks only where the disk is empty', async () => {
  await using stage = await ground()
  const connection = stage.connect({ secrets: { 'ssh-privatekey': stage.fake.keys.private } })
  const machine = await connection.create(stage.request(stage.pool), stage.call())
  const host = join(stage.fake.folder, 'host-0')
  const configure = (steps: readonly Step[]): Promise<void> => connection.configure!(machine, steps, stage.pool, stage.call())
  const seen = () => ({
    token: /[a-z0-9]{6}\.0123456789abcdef/.exec(readFileSync(join(host, 'etc/kubernetes/bootstrap-kubelet.conf'), 'utf8'))?.[0],
    restarts: readFileSync(join(host, 'called'), 'utf8').split('systemctl restart kubelet').length - 1,
    formatted: readFileSync(join(host, 'etc/disks'), 'utf8').split('formatted').length - 1,
  })

  await configure(stepsWith('aaaaaa', false))
  expect(seen()).toEqual({ token: 'aaaaaa.0123456789abcdef', restarts: 1, formatted: 1 })

  const first = stepsWith('bbbbbb', true)
  await configure(first)
  // Another life does not know that all was done.
  await configure(first)
  expect(seen()).toEqual({ token: 'bbbbbb.0123456789abcdef', restarts: 2, formatted: 1 })

  for (const folder of ['var/lib/kube-node/steps', 'var/lib/kube-node/bootstrapped', 'etc/kubernetes']) {
    rmSync(join(host, folder), { recursive: true })
  }
  await configure(stepsWith('cccccc', true))
  expect(seen()).toEqual({ token: 'cccccc.0123456789abcdef', restarts: 3, formatted: 2 })
})
