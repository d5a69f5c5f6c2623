// Where the real parts of the end-to-end tests lie. Plain JavaScript that old Node reads too: it runs before the workspace is set up.
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))

/** The name of the file that is written last: without it a cache folder is an unfinished build. */
const STAMP = 'complete.json'

/** The Go modules are the only place that names a version; everything else asks them. */
function moduleVersion(goMod, modulePath) {
  const text = readFileSync(join(here, goMod), 'utf8')
  const found = text.match(new RegExp(`^(?:require )?\\s*${modulePath.replaceAll('.', '\\.')} (v\\S+)`, 'm'))
  if (found === null) throw new Error(`e2e/tools/${goMod} does not require ${modulePath}`)
  return found[1]
}

export const KUBERNETES_VERSION = moduleVersion('go.mod', 'k8s.io/kubernetes')
export const ETCD_VERSION = moduleVersion('etcd/go.mod', 'go.etcd.io/etcd/server/v3')

function kubernetesLinkerFlags() {
  const [major, minor] = KUBERNETES_VERSION.slice(1).split('.')
  // Without these the server calls itself v0.0.0-master+$Format:%H$, which kubectl can't parse.
  const variables = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap(path => [
    `-X ${path}.gitVersion=${KUBERNETES_VERSION}`,
    `-X ${path}.gitMajor=${major}`,
    `-X ${path}.gitMinor=${minor}`,
    `-X ${path}.gitTreeState=clean`,
  ])
  return ['-s', '-w', ...variables].join(' ')
}

const versionArguments = { kubectl: ['version', '--client'], kubeadm: ['version', '--output', 'short'] }

const kubernetes = name => ({
  name,
  moduleDirectory: here,
  package: `k8s.io/kubernetes/cmd/${name}`,
  linkerFlags: kubernetesLinkerFlags(),
  versionArguments: versionArguments[name] ?? ['--version'],
  version: KUBERNETES_VERSION,
})

/** In the order in which they are built: what a plain control plane needs comes first. */
export const TOOLS = [
  {
    name: 'etcd',
    moduleDirectory: join(here, 'etcd'),
    package: 'go.etcd.io/etcd/server/v3',
    linkerFlags: '-s -w',
    versionArguments: ['--version'],
    version: ETCD_VERSION.slice(1),
  },
  kubernetes('kube-apiserver'),
  kubernetes('kubectl'),
  kubernetes('kube-controller-manager'),
  kubernetes('kube-scheduler'),
  kubernetes('kubelet'),
  kubernetes('kubeadm'),
]

/** Ours, on the module that those of clouds are made from: an adversary. */
const CLOUD_CONTROLLER_MANAGER = {
  name: 'cloud-controller-manager',
  moduleDirectory: join(here, 'cloud-controller-manager'),
  package: '.',
  linkerFlags: kubernetesLinkerFlags(),
  versionArguments: ['--version'],
  version: KUBERNETES_VERSION,
}

/** Static binaries without paths of the machine that built them, so that equal inputs make equal files wherever they are built. */
export const BUILD_FLAGS = ['-mod=readonly', '-trimpath', '-buildvcs=false']
export const BUILD_ENVIRONMENT = { CGO_ENABLED: '0' }

const modules = ['go.mod', 'go.sum']
const within = (directory, files) => files.map(file => join(directory, file))

/** Programs that are built and kept together: a change of one of these files builds that set anew, and no other. */
export const SETS = [
  { tools: TOOLS, files: [...modules, ...within('etcd', modules)] },
  { tools: [CLOUD_CONTROLLER_MANAGER], files: within('cloud-controller-manager', [...modules, 'main.go']) },
]

const isIn = (set, name) => set.tools.some(tool => tool.name === name)

export function cacheKey({ tools, files } = SETS[0]) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(join(here, file))).update('\0')
  const inputs = { flags: BUILD_FLAGS, environment: BUILD_ENVIRONMENT, linker: tools.map(tool => [tool.package, tool.linkerFlags]) }
  hash.update(JSON.stringify(inputs)).update(`${process.platform}/${process.arch}`)
  return hash.digest('hex').slice(0, 16)
}

export function cacheDirectory(env = process.env, set = SETS[0]) {
  const base = env.KUBE_NODE_E2E_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kube-node', 'e2e')
  return join(base, cacheKey(set))
}

export const stampFile = directory => join(directory, STAMP)

export function fileName(tool) {
  return process.platform === 'win32' ? `${tool}.exe` : tool
}

function sizeOf(file) {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

/** The names of those tools which a finished build did not put into the folder (all of them while it is unfinished). */
export function missingFromCache(directory, names = TOOLS.map(tool => tool.name)) {
  if (sizeOf(stampFile(directory)) === 0) return [...names]
  const { sizes } = JSON.parse(readFileSync(stampFile(directory), 'utf8'))
  return names.filter(name => sizes[name] === undefined || sizes[name] !== sizeOf(join(directory, fileName(name))))
}

/** The folder that holds the given tools, which are of one set. Throws an Error that says what to do when it does not hold all of them. */
export function findTools(names, env = process.env) {
  const set = SETS.find(each => names.every(name => isIn(each, name))) ?? SETS[0]
  // Assets come from elsewhere, and what is ours is not among them.
  if (env.KUBEBUILDER_ASSETS && set === SETS[0]) {
    const missing = names.filter(name => sizeOf(join(env.KUBEBUILDER_ASSETS, fileName(name))) === 0)
    if (missing.length === 0) return env.KUBEBUILDER_ASSETS
    throw new Error(
      `KUBEBUILDER_ASSETS (${env.KUBEBUILDER_ASSETS}) has no ${missing.join(', ')}: ` +
        'put them there, or unset it and build them with: npm run e2e:tools',
    )
  }
  const directory = cacheDirectory(env, set)
  const missing = missingFromCache(directory, names)
  if (missing.length === 0) return directory
  throw new Error(`${missing.join(', ')} not found in ${directory}. Build them once with: npm run e2e:tools`)
}
