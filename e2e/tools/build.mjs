// Builds the real parts of the end-to-end tests from their Go modules, once: `npm run e2e:tools`.
import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { BUILD_ENVIRONMENT, BUILD_FLAGS, cacheDirectory, fileName, findTools, missingFromCache, SETS, stampFile } from './cache.mjs'

const PARALLEL_COMPILES = 2
const NICENESS = 5
const HEARTBEAT_MS = 30_000
const KEPT_OUTPUT = 8_192
const NEEDS_GO = 'Go 1.26 or newer is needed to build the real Kubernetes parts: install it from https://go.dev/dl/ and put `go` into PATH.'

const children = new Set()

function since(start) {
  const seconds = (performance.now() - start) / 1000
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}

/** Runs a program to its end. Resolves with its exit code and the tail of what it printed; rejects when it can't be started. */
function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    children.add(child)
    let output = ''
    const keep = chunk => {
      output = (output + chunk).slice(-KEPT_OUTPUT)
    }
    child.stdout.setEncoding('utf8').on('data', keep)
    child.stderr.setEncoding('utf8').on('data', keep)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      children.delete(child)
      resolve({ code, signal, output: output.trim() })
    })
  })
}

async function requireGo(tool) {
  // Asked inside the module: with GOTOOLCHAIN=auto an older go fetches the version that go.mod wants and answers for that one.
  const answer = await run('go', ['env', 'GOVERSION'], { cwd: tool.moduleDirectory }).catch(error => {
    throw new Error(error.code === 'ENOENT' ? `${NEEDS_GO} (There is no \`go\` in PATH.)` : `go can't be started: ${error.message}`)
  })
  if (answer.code !== 0) throw new Error(`${NEEDS_GO}\n${answer.output}`)
  const [, major, minor] = answer.output.match(/go(\d+)\.(\d+)/) ?? []
  if (Number(major) < 1 || (Number(major) === 1 && Number(minor) < 26)) throw new Error(`${NEEDS_GO} (This is ${answer.output}.)`)
  return answer.output
}

/** A file that was cut short by a power cut does not run, and one of another version says so. */
async function runsAndSaysItsVersion(tool, file) {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return false
  const answer = await run(file, tool.versionArguments).catch(error => ({ code: null, output: String(error) }))
  return answer.code === 0 && answer.output.split(/\s/).includes(tool.version)
}

async function build(tool, file, temporary) {
  const start = performance.now()
  const heartbeat = setInterval(() => console.log(`  ${tool.name}: still building after ${since(start)}`), HEARTBEAT_MS)
  const args = ['build', ...BUILD_FLAGS, '-p', String(PARALLEL_COMPILES), '-ldflags', tool.linkerFlags, '-o', temporary, tool.package]
  const answer = await run('go', args, { cwd: tool.moduleDirectory, env: { ...process.env, ...BUILD_ENVIRONMENT } }).finally(() =>
    clearInterval(heartbeat),
  )
  if (answer.code !== 0) throw new Error(`building ${tool.name} failed (${answer.signal ?? `exit code ${answer.code}`}):\n${answer.output}`)
  if (!(await runsAndSaysItsVersion(tool, temporary))) throw new Error(`the new ${tool.name} does not say that it is ${tool.version}`)
  renameSync(temporary, file)
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code !== 'ESRCH'
  }
}

/** Files of a build that was killed; those of another build that runs beside this one stay. */
function removeLeftovers(directory) {
  for (const name of readdirSync(directory)) {
    const owner = name.match(/^building-(\d+)-/)
    if (owner !== null && !isAlive(Number(owner[1]))) rmSync(join(directory, name))
  }
}

async function buildMissing(directory, tools) {
  const start = performance.now()
  const go = await requireGo(tools[0])
  console.log(`e2e tools: building into ${directory} with ${go} (about 10 minutes the first time)`)
  setPriority(Math.max(getPriority(), NICENESS))
  mkdirSync(directory, { recursive: true })
  removeLeftovers(directory)
  const sizes = {}
  for (const [index, tool] of tools.entries()) {
    const file = join(directory, fileName(tool.name))
    const step = `[${index + 1}/${tools.length}] ${tool.name} ${tool.version}`
    const stepStart = performance.now()
    if (await runsAndSaysItsVersion(tool, file)) {
      console.log(`${step}: already built`)
    } else {
      console.log(`${step}: building`)
      await build(tool, file, join(directory, `building-${process.pid}-${fileName(tool.name)}`))
      console.log(`${step}: built in ${since(stepStart)}`)
    }
    sizes[tool.name] = statSync(file).size
  }
  const unfinishedStamp = join(directory, `building-${process.pid}-stamp`)
  writeFileSync(unfinishedStamp, `${JSON.stringify({ go, sizes }, null, 2)}\n`)
  renameSync(unfinishedStamp, stampFile(directory))
  console.log(`e2e tools: complete after ${since(start)}`)
}

async function main() {
  for (const set of SETS) {
    const names = set.tools.map(tool => tool.name)
    const directory = cacheDirectory(process.env, set)
    if (process.env.KUBEBUILDER_ASSETS && set === SETS[0]) {
      console.log(`e2e tools: KUBEBUILDER_ASSETS is set, using the binaries in ${findTools(names)}`)
    } else if (missingFromCache(directory, names).length === 0) console.log(`e2e tools: complete in ${directory}`)
    else await buildMissing(directory, set.tools)
  }
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    for (const child of children) child.kill('SIGTERM')
    process.exit(128 + constants.signals[signal])
  })
}

main().catch(error => {
  console.error(`e2e tools: ${error.message}`)
  process.exitCode = 1
})
