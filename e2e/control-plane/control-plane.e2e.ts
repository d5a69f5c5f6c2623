import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { KUBERNETES_VERSION } from '../tools/cache.mjs'
import { startControlPlane } from './index.ts'
import type { ControlPlane } from './index.ts'
import { processesNaming } from './processes.ts'

const NODE = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node1', labels: { tier: 'web' } } }

async function nodeNames(controlPlane: ControlPlane): Promise<string> {
  const { stdout, stderr } = await controlPlane.kubectl(['get', 'nodes', '-o', 'name'])
  return stdout + stderr
}

async function until(condition: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await condition())) await sleep(20, undefined, { signal })
}

test('a whole control plane starts, keeps its data through an outage of the API server, and leaves nothing behind', async ({ signal }) => {
  await using controlPlane = await startControlPlane({ scheduler: true, signal })
  const { kubectl, dir, users } = controlPlane

  const versions = JSON.parse((await kubectl(['version', '-o', 'json'])).stdout)
  expect(versions.serverVersion.gitVersion).toBe(KUBERNETES_VERSION)
  expect(versions.clientVersion.gitVersion).toBe(KUBERNETES_VERSION)
  expect(KUBERNETES_VERSION).toBe('v1.37.2')

  const created = await kubectl(['create', '-f', '-'], { input: JSON.stringify(NODE) })
  expect(created).toEqual({ code: 0, stdout: 'node/node1 created\n', stderr: '' })
  expect(await nodeNames(controlPlane)).toBe('node/node1\n')

  const mayThey = await kubectl(['auth', 'can-i', 'create', 'nodes'], { kubeconfig: users.developer.kubeconfig })
  expect(mayThey).toMatchObject({ code: 1, stdout: 'no\n' })

  await controlPlane.apiServer.stop()
  expect(await nodeNames(controlPlane)).toContain('was refused')
  await controlPlane.apiServer.start()
  expect(await nodeNames(controlPlane)).toBe('node/node1\n')

  const [version] = /Starting.*version="(v[\d.]+)"/.exec(await controlPlane.logs('kube-controller-manager'))?.slice(1) ?? []
  expect(version).toBe(KUBERNETES_VERSION)
  expect(await processesNaming(dir)).toHaveLength(4)
  const pids = controlPlane.pids()
  expect(pids).toHaveLength(5)
  await controlPlane.stop()
  expect(await processesNaming(dir)).toEqual([])
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  await expect(access(dir)).rejects.toThrow('ENOENT')
})

test('kubectl --watch prints what happens until its signal fires', async ({ signal }) => {
  await using controlPlane = await startControlPlane({ controllerManager: false, signal })
  const enough = new AbortController()
  let seen = ''
  const watch = controlPlane.kubectl(['get', 'nodes', '--watch', '-o', 'name'], {
    signal: enough.signal,
    onStdout: text => {
      seen += text
      // kubectl writes the name and the end of its line apart.
      if (seen.includes('node/node1\n')) enough.abort()
    },
  })
  await controlPlane.kubectl(['create', '-f', '-'], { input: JSON.stringify(NODE) })
  expect(await watch).toEqual({ code: null, stdout: 'node/node1\n', stderr: '' })

  await controlPlane.apiServer.stop('SIGTERM')
  expect(await controlPlane.logs('kube-apiserver')).toMatch(/Stopped listening on 127\.0\.0\.1/)
})

test('a component that refuses to start is an error with its own words, and nothing is left running', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'kube-node-e2e-test-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  const starting = startControlPlane({ dir, admission: ['NoSuchPlugin'] })
  await expect(starting).rejects.toThrow(/kube-apiserver ended with exit code 1 before it was ready:[^]*NoSuchPlugin/)
  expect(await processesNaming(dir)).toEqual([])
})

test('a start that is called off ends what it had started', async ({ signal }) => {
  const dir = await mkdtemp(join(tmpdir(), 'kube-node-e2e-test-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  const callOff = new AbortController()
  const starting = startControlPlane({ dir, signal: callOff.signal })
  const refused = starting.then(() => 'it started', String)
  await until(async () => (await processesNaming(`--cert-dir=${dir}`)).length > 0, signal)
  callOff.abort(new Error('changed my mind'))
  expect(await refused).toContain('changed my mind')
  expect(await processesNaming(dir)).toEqual([])
})

test('a component that dies by itself later is reported at the end', async ({ signal }) => {
  const controlPlane = await startControlPlane({ controllerManager: false, signal })
  const [etcd = 0] = await processesNaming(`--data-dir=${controlPlane.dir}`)
  process.kill(etcd, 'SIGKILL')
  await until(async () => !controlPlane.pids().includes(etcd), signal)
  await expect(controlPlane.stop()).rejects.toThrow(/etcd was ended by SIGKILL, unasked/)
  expect(await processesNaming(controlPlane.dir)).toEqual([])
})
