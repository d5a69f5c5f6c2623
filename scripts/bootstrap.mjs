// Sets the workspace up before `npm start` and `npm test`: plain JavaScript without dependencies, because it runs
// on whatever Node the machine has (18 and newer), before anything is installed. Node 24 comes with the dependencies;
// npm scripts put node_modules/.bin first in PATH, so everything after this runs on that one.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const oldestNode = [22, 19]
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const platform = `${process.platform}-${process.arch}`
const stampFile = join(root, 'node_modules', '.kube-node-setup')
const ourNode = join(root, 'node_modules', '.bin', 'node')

/** Everything that decides what an installation contains; the platform too, as node_modules holds programs. */
const fingerprint = () => {
  const hash = createHash('sha256')
  hash.update(`${platform}\n`)
  const files = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.cjs', '.npmrc']
  for (const folder of ['packages', 'examples']) {
    if (!existsSync(join(root, folder))) continue
    for (const name of readdirSync(join(root, folder)).sort()) files.push(join(folder, name, 'package.json'))
  }
  for (const file of files) {
    if (existsSync(join(root, file))) hash.update(`${file}\n`).update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

const readStamp = () => {
  if (!existsSync(stampFile) || !existsSync(join(root, 'node_modules', '.modules.yaml'))) return undefined
  const [key, madeFor] = readFileSync(stampFile, 'utf8').split('\n')
  return { key, madeFor }
}

/** True when what is installed is what the manifests ask for. */
const isSetUp = () => readStamp()?.key === fingerprint()

const isAlive = pid => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

const sleepMs = ms => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

/**
 * Runs `work` while no other process does for this workspace. The lock holds its owner's pid from the moment that it
 * exists (it is linked into place), so the lock of a killed process is recognised and taken over.
 */
const withLock = work => {
  const folder = join(root, '.cache')
  mkdirSync(folder, { recursive: true })
  const lock = join(folder, 'setup.lock')
  const mine = `${lock}.${process.pid}`
  writeFileSync(mine, String(process.pid))
  let told = false
  try {
    for (;;) {
      try {
        linkSync(mine, lock)
        break
      } catch (error) {
        if (error.code !== 'EEXIST') throw error
      }
      const holder = existsSync(lock) ? Number(readIfThere(lock)) : 0
      if (holder && !isAlive(holder)) {
        // Renaming lets one of several waiters take a dead lock away; whoever caught a live one puts it back.
        const taken = `${mine}.stale`
        if (renameIfThere(lock, taken)) {
          if (Number(readFileSync(taken, 'utf8')) !== holder) linkSync(taken, lock)
          rmSync(taken)
        }
        continue
      }
      if (!told) console.error(`Waiting for the set-up that process ${holder} is doing...`)
      told = true
      sleepMs(200)
    }
    try {
      return work()
    } finally {
      rmSync(lock, { force: true })
    }
  } finally {
    rmSync(mine, { force: true })
  }
}

const readIfThere = file => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return ''
    throw error
  }
}

const renameIfThere = (from, to) => {
  try {
    renameSync(from, to)
    return true
  } catch (error) {
    if (error.code === 'ENOENT') return false
    throw error
  }
}

/** npx of the npm that runs this script, by its file, so that a broken node in node_modules/.bin is not in the way. */
const npx = () => {
  const script = process.env.npm_execpath ? join(dirname(process.env.npm_execpath), 'npx-cli.js') : ''
  return existsSync(script) ? [process.execPath, script] : ['npx']
}

const noConnection = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|UND_ERR_CONNECT|fetch failed|error sending request/

const install = () => {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  // pnpm must not run on a node that it is about to replace.
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter(entry => entry !== dirname(ourNode))
    .join(delimiter)
  const [command, ...first] = npx()
  const { status, error, stdout, stderr } = spawnSync(command, [...first, '-y', packageManager, 'install', '--frozen-lockfile'], {
    cwd: root,
    env: { npm_config_fetch_retry_mintimeout: '1000', npm_config_fetch_retry_maxtimeout: '5000', ...process.env, PATH: path, CI: 'true' },
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    shell: command === 'npx' && process.platform === 'win32',
  })
  if (status === 0) return
  const output = `${stdout ?? ''}${stderr ?? ''}${error ? error.message : ''}`.trim()
  console.error(output.split('\n').slice(-25).join('\n'))
  if (noConnection.test(output)) {
    console.error('\nThe set-up needs the npm registry once and could not reach it. Check the network (and HTTPS_PROXY), then try again.')
  } else if (output.includes('OUTDATED_LOCKFILE')) {
    console.error(`\nA package.json changed and pnpm-lock.yaml did not: run npx ${packageManager} install and commit the lockfile.`)
  } else {
    const end = error ? error.code : `exit code ${status}`
    console.error(`\nThe set-up failed: npx ${packageManager} install --frozen-lockfile ended with ${end}.`)
  }
  process.exitCode = 1
}

/** The node that npm scripts will find first: ours in node_modules/.bin, or the machine's where npm has none for it. */
const nodeInPath = () => {
  const folders = [dirname(ourNode), ...(process.env.PATH ?? '').split(delimiter)]
  const names = process.platform === 'win32' ? ['node.exe', 'node.cmd'] : ['node']
  return folders.flatMap(folder => names.map(name => join(folder, name))).find(file => existsSync(file)) ?? process.execPath
}

const checkNode = () => {
  const { stdout } = spawnSync(nodeInPath(), ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' })
  const [major = 0, minor = 0] = (stdout ?? '').trim().replace(/^v/, '').split('.').map(Number)
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return
  const found = stdout?.trim() || 'missing'
  console.error(`npm has no Node 24 for ${platform}, and this machine's own is ${found}: install Node ${oldestNode.join('.')} or newer.`)
  process.exitCode = 1
}

/** False when node_modules/.bin has a node that is not for this machine: a folder shared between machines, a copied image. */
const ourNodeRuns = () =>
  !existsSync(ourNode) || realpathSync(ourNode) === realpathSync(process.execPath) || spawnSync(ourNode, ['--version']).status === 0

const setUp = () => {
  const foreign = !ourNodeRuns()
  const stamp = readStamp()
  if (foreign || (stamp && stamp.madeFor !== platform)) {
    console.error(`node_modules is not for this machine (${platform}): starting afresh.`)
    rmSync(join(root, 'node_modules'), { recursive: true, force: true })
  }
  const started = Date.now()
  console.error(`Setting up: installing dependencies${stamp ? ' that changed' : ' (the first time takes a while)'}...`)
  const key = fingerprint()
  install()
  if (!process.exitCode) checkNode()
  if (process.exitCode) return
  writeFileSync(stampFile, `${key}\n${platform}\n`)
  console.error(`Set up in ${((Date.now() - started) / 1000).toFixed(1)} s.`)
}

// npm finds `node` in node_modules/.bin first. One that is for another platform is passed over by some shells and makes
// others fail before this script starts; then the npm script runs it once more, by npm's own node, with --again.
const isReady = () => isSetUp() && ourNodeRuns()
if (process.argv.includes('--again') && ourNodeRuns()) process.exitCode = 1
else if (!isReady()) {
  withLock(() => {
    if (!isReady()) setUp()
  })
}
