import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cacheDirectory, findTools } from './cache.mjs'

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kube-node-cache-test-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

test('a tool that was never built is an error that names the command to run', async () => {
  const env = { KUBE_NODE_E2E_CACHE: await temporaryFolder() }
  expect(() => findTools(['etcd', 'kubectl'], env)).toThrow(/etcd, kubectl not found.*npm run e2e:tools/)
})

test('a build counts only when its stamp is there and the files are whole', async () => {
  const env = { KUBE_NODE_E2E_CACHE: await temporaryFolder() }
  const folder = cacheDirectory(env)
  await mkdir(folder)
  await writeFile(join(folder, 'etcd'), '12345')
  expect(() => findTools(['etcd'], env)).toThrow('npm run e2e:tools')

  await writeFile(join(folder, 'complete.json'), JSON.stringify({ sizes: { etcd: 5 } }))
  expect(findTools(['etcd'], env)).toBe(folder)
  expect(() => findTools(['etcd', 'kubectl'], env)).toThrow('kubectl not found')

  await writeFile(join(folder, 'etcd'), '123')
  expect(() => findTools(['etcd'], env)).toThrow('npm run e2e:tools')
})

test('KUBEBUILDER_ASSETS wins over the cache, and must hold all that is needed', async () => {
  const assets = await temporaryFolder()
  await writeFile(join(assets, 'etcd'), 'any')
  const env = { KUBEBUILDER_ASSETS: assets, KUBE_NODE_E2E_CACHE: await temporaryFolder() }
  expect(findTools(['etcd'], env)).toBe(assets)
  expect(() => findTools(['etcd', 'kube-controller-manager'], env)).toThrow(/has no kube-controller-manager.*npm run e2e:tools/)
})

test('what is ours has a folder of its own, whatever KUBEBUILDER_ASSETS says', async () => {
  const env = { KUBEBUILDER_ASSETS: await temporaryFolder(), KUBE_NODE_E2E_CACHE: await temporaryFolder() }
  expect(() => findTools(['cloud-controller-manager'], env)).toThrow(/cloud-controller-manager not found in .*npm run e2e:tools/)
  expect(() => findTools(['cloud-controller-manager'], env)).not.toThrow(cacheDirectory(env))
})
