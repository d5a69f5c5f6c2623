import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultKubeconfigPath, writeKubeconfig } from './kubeconfigFile.ts'

const content = (port: number): string =>
  JSON.stringify({ clusters: [{ name: 'kube-node', cluster: { server: `http://127.0.0.1:${port}` } }] })

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kube-node-test-'))
  path = join(folder, 'deeper', 'dev.kubeconfig')
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('the kubeconfig', () => {
  it('is there for this user alone, until the end', async () => {
    {
      await using file = await writeKubeconfig(path, content(1))
      expect(file.path).toBe(path)
      expect(readFileSync(path, 'utf8')).toBe(content(1))
      expect(statSync(path).mode & 0o777).toBe(0o600)
    }
    expect(existsSync(path)).toBe(false)
  })

  it('takes the place of one that a killed server has left, and leaves alone what another has put there since', async () => {
    await writeKubeconfig(path, content(1))
    const second = await writeKubeconfig(path, content(2))
    expect(readFileSync(path, 'utf8')).toBe(content(2))
    await writeKubeconfig(path, content(3))
    await second[Symbol.asyncDispose]()
    expect(readFileSync(path, 'utf8')).toBe(content(3))
  })

  it('never takes the place of another file', async () => {
    const own = join(folder, 'config')
    for (const text of ['apiVersion: v1\nclusters: [{name: prod, cluster: {server: "https://prod"}}]', 'not: [yaml', 'notes']) {
      writeFileSync(own, text)
      await expect(writeKubeconfig(own, content(1))).rejects.toThrow('choose another place with --kubeconfig')
      expect(readFileSync(own, 'utf8')).toBe(text)
    }
  })

  it('is not written through a link that somebody has put there', async () => {
    const victim = join(folder, 'victim')
    const link = join(folder, 'link')
    writeFileSync(victim, content(9))
    symlinkSync(victim, link)
    await writeKubeconfig(link, content(1))
    expect(readFileSync(victim, 'utf8')).toBe(content(9))
    expect(readFileSync(link, 'utf8')).toBe(content(1))
  })

  it('that can not be written says what to do', async () => {
    writeFileSync(join(folder, 'file'), '')
    const inFile = join(folder, 'file', 'dev.kubeconfig')
    await expect(writeKubeconfig(inFile, content(1))).rejects.toThrow('choose another place with --kubeconfig')
  })
})

it("has one name a port, where this user's temporary files are", () => {
  expect(defaultKubeconfigPath({ XDG_RUNTIME_DIR: '/run/user/7' }, 7443)).toBe('/run/user/7/kube-node-7443.kubeconfig')
  expect(defaultKubeconfigPath({}, 7443)).toBe(join(tmpdir(), 'kube-node-7443.kubeconfig'))
})
