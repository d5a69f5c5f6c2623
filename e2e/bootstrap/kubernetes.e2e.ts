import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { paths } from '@kube-node/core/bootstrap'
import { expect, onTestFinished, test } from 'vitest'
import { findTools } from '../tools/cache.mjs'
import { everything, planFor, textOf } from './story.ts'

const tools = findTools(['kubelet', 'kubeadm', 'kubectl'])

/** Runs a tool to its end, whatever that is. */
const run = async (tool: string, args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> => {
  const end = await promisify(execFile)(join(tools, tool), args, { timeout: 60_000, maxBuffer: 1 << 26 }).catch(
    (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => error,
  )
  return { code: 'code' in end ? end.code : 0, said: `${end.stdout}${end.stderr}` }
}

const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'kube-node-bootstrap-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

/**
 * Starts the real kubelet as our unit does, with all paths moved into a folder, and without its bootstrap kubeconfig: so it checks its
 * flags and its configuration, and then ends before it has done anything.
 */
const startKubelet = async (
  change: (configuration: string) => string = text => text,
): Promise<{ readonly code: number; readonly said: string }> => {
  const folder = await temporaryFolder()
  const plan = planFor({ ...everything, type: 'kubelet' })
  const moved = (text: string): string => text.replaceAll(/\/(etc\/kubernetes|var\/lib\/kubelet)\//g, `${folder}/$1/`)
  for (const { path, bytes } of plan.files) {
    if (!/^\/(etc\/kubernetes|var\/lib\/kubelet)\//.test(path) || path === paths.bootstrapKubeconfig) continue
    const text = moved(Buffer.from(bytes).toString('utf8'))
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), path === paths.config ? change(text) : text)
  }
  const flags = /^ExecStart=kubelet (.*) \$KUBELET_EXTRA_ARGS$/m.exec(textOf(plan, paths.dropIn))?.[1]
  if (flags === undefined) throw new Error('the unit starts no kubelet')
  const args = flags.split(' ').map(flag => moved(`${flag}/`).replace(/\/$/, ''))
  return run('kubelet', [...args, `--root-dir=${folder}/root`, `--cert-dir=${folder}/pki`])
}

test('a real kubelet takes the flags and the configuration, strictly read, with the settings that the user adds', async () => {
  const { code, said } = await startKubelet()
  expect(said).not.toMatch(/strict decoding|deprecated/i)
  expect(said).toMatch(/maxPods: 50\n/)
  expect(said).toMatch(/clusterDNS:\s+- 10\.96\.0\.10\s+- fd00::10\n/)
  expect(said).toMatch(/unable to load bootstrap kubeconfig: stat .*bootstrap-kubelet\.conf: no such file/)
  expect(code).toBe(1)
})

test('it would have told of a field that it does not know', async () => {
  expect((await startKubelet(text => text.replace('clusterDomain', 'clusterDomian'))).said).toMatch(
    /strict decoding error: unknown field \\?"clusterDomian/,
  )
})

test('a real kubectl reads the bootstrap kubeconfig', async () => {
  const file = join(await temporaryFolder(), 'kubeconfig')
  await writeFile(file, textOf(planFor({ type: 'kubelet' }), paths.bootstrapKubeconfig))
  const { code, said } = await run('kubectl', ['--kubeconfig', file, 'config', 'view', '--raw', '--minify', '-o', 'json'])
  expect(code).toBe(0)
  expect(JSON.parse(said)).toMatchObject({
    clusters: [{ cluster: { server: 'https://203.0.113.7:6443' } }],
    users: [{ user: { token: 'abcdef.0123456789abcdef' } }],
  })
})

const validate = async (
  change: (configuration: string) => string = text => text,
): Promise<{ readonly code: number; readonly said: string }> => {
  const file = join(await temporaryFolder(), 'join.yaml')
  await writeFile(file, change(textOf(planFor({ ...everything, type: 'kubeadm' }), paths.joinConfig)))
  return run('kubeadm', ['config', 'validate', '--config', file])
}

test('a real kubeadm takes the join configuration', async () => {
  expect(await validate()).toEqual({ code: 0, said: 'ok\n' })
})

test.each([
  ['nodeRegistration:', 'nodeRegistratoin:', /unknown field "nodeRegistratoin"/],
  ['"abcdef.', '"abcde.', /discovery\.bootstrapToken\.token: Invalid value: "abcde\.0123456789abcdef": the bootstrap token is invalid/],
])('it would have told of what is wrong: %s', async (right, wrong, words) => {
  const { code, said } = await validate(text => text.replace(right, wrong))
  expect(code).not.toBe(0)
  expect(said).toMatch(words)
})
