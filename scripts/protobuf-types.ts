/**
 * Writes packages/testing/src/server/http/protobuf-types.json: the numbers, names and types of the fields that Go clients send as
 * protobuf, read from the tags of Kubernetes' Go types. Facts only: no descriptions.
 *
 *   node scripts/protobuf-types.ts --from ~/go/pkg/mod/k8s.io --version v0.37.2
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

/** Package name in our table, module and folder, and the kinds that are asked for (with all that they refer to). */
const packages: readonly (readonly [name: string, module: string, folder: string, kinds: readonly string[]])[] = [
  ['meta', 'apimachinery', 'pkg/apis/meta/v1', ['DeleteOptions', 'CreateOptions', 'UpdateOptions', 'PatchOptions']],
  [
    'core',
    'api',
    'core/v1',
    [
      'Binding',
      'ConfigMap',
      'Endpoints',
      'Event',
      'Namespace',
      'Node',
      'PersistentVolume',
      'PersistentVolumeClaim',
      'Pod',
      'ReplicationController',
      'Secret',
      'Service',
      'ServiceAccount',
    ],
  ],
  ['apps', 'api', 'apps/v1', ['ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet']],
  ['batch', 'api', 'batch/v1', ['Job']],
  ['autoscaling', 'api', 'autoscaling/v1', ['Scale']],
  ['authentication.k8s.io', 'api', 'authentication/v1', ['SelfSubjectReview', 'TokenRequest', 'TokenReview']],
  [
    'authorization.k8s.io',
    'api',
    'authorization/v1',
    ['LocalSubjectAccessReview', 'SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'SubjectAccessReview'],
  ],
  ['certificates.k8s.io', 'api', 'certificates/v1', ['CertificateSigningRequest']],
  ['coordination.k8s.io', 'api', 'coordination/v1', ['Lease']],
  ['policy', 'api', 'policy/v1', ['Eviction', 'PodDisruptionBudget']],
  ['rbac.authorization.k8s.io', 'api', 'rbac/v1', ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding']],
  ['storage.k8s.io', 'api', 'storage/v1', ['CSINode', 'StorageClass', 'VolumeAttachment']],
  ['scheduling.k8s.io', 'api', 'scheduling/v1', ['PriorityClass']],
  ['admissionregistration.k8s.io', 'api', 'admissionregistration/v1', ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']],
  ['apiextensions.k8s.io', 'apiextensions-apiserver', 'pkg/apis/apiextensions/v1', ['CustomResourceDefinition']],
]

/** How Go code calls the packages that it imports; others go by their folder's name with the version (`corev1`). */
const aliases: Readonly<Record<string, string>> = {
  v1: 'core',
  apiv1: 'core',
  corev1: 'core',
  metav1: 'meta',
  policyv1: 'policy',
  authenticationv1: 'authentication.k8s.io',
}

/** Types whose JSON is not that of their message. */
const special = new Set([
  'meta.Time',
  'meta.MicroTime',
  'meta.Duration',
  'meta.FieldsV1',
  'runtime.RawExtension',
  'resource.Quantity',
  'intstr.IntOrString',
  'apiextensions.k8s.io.JSON',
  'apiextensions.k8s.io.JSONSchemaPropsOrArray',
  'apiextensions.k8s.io.JSONSchemaPropsOrBool',
  'apiextensions.k8s.io.JSONSchemaPropsOrStringArray',
])
const scalars: Readonly<Record<string, string>> = {
  string: 'string',
  int32: 'int',
  int64: 'int',
  int: 'int',
  uint32: 'int',
  uint16: 'int',
  int16: 'int',
  uint8: 'int',
  uint64: 'int',
  bool: 'bool',
  float64: 'double',
}

interface Package {
  readonly structs: ReadonlyMap<string, readonly string[]>
  /** `type NodeName string`. */
  readonly named: ReadonlyMap<string, string>
}

const readPackage = (folder: string): Package => {
  const structs = new Map<string, readonly string[]>()
  const named = new Map<string, string>()
  for (const file of readdirSync(folder).filter(f => /^(types.*|group_version|duration|time|micro_time)\.go$/.test(f))) {
    const text = readFileSync(join(folder, file), 'utf8')
    for (const [, name = '', body = ''] of text.matchAll(/^type (\w+) struct ?\{(?:\}|\n([\s\S]*?)^\})/gm)) {
      structs.set(
        name,
        body
          .split('\n')
          .map(line => line.trim())
          .filter(line => line.includes('protobuf:"') && !line.startsWith('//')),
      )
    }
    for (const [, name = '', target = ''] of text.matchAll(/^type (\w+) ([\w.[\]*]+)$/gm)) named.set(name, target)
  }
  return { structs, named }
}

const { values } = parseArgs({ options: { from: { type: 'string' }, version: { type: 'string' } } })
if (values.from === undefined || values.version === undefined)
  throw new Error('say --from FOLDER (of the modules k8s.io/*) and --version v0.37.2')
const { from, version } = values
const read = new Map(packages.map(([name, module, folder]) => [name, readPackage(join(from, `${module}@${version}`, folder))]))

const table: Record<string, readonly string[]> = {}

/** A type of a package that is not read: of an alpha API. Its fields are left out. */
class UnknownType extends Error {}

/** A Go type as the table says it: `[]core.Container`, `{}string`, `string`, `bytes`. */
const typeOf = (home: string, go: string): string => {
  const bare = go.replace(/^\*/, '')
  if (bare === '[]byte') return 'bytes'
  if (bare.startsWith('[]')) return `[]${typeOf(home, bare.slice(2))}`
  const [, value] = /^map\[[\w.]+\](.*)$/.exec(bare) ?? []
  if (value !== undefined) return `{}${typeOf(home, value)}`
  if (scalars[bare] !== undefined) return scalars[bare]
  const [name = '', prefix] = bare.split('.').reverse()
  const inside = prefix === undefined ? home : (aliases[prefix] ?? prefix)
  // Time is declared in files of its own; in meta/v1 it has no prefix.
  const full = `${inside}.${name}`
  if (special.has(full)) return full
  const found = read.get(inside)
  const alias = found?.named.get(name)
  if (alias !== undefined) return typeOf(inside, alias)
  if (found?.structs.has(name) === true) {
    add(inside, name)
    return full
  }
  if (inside === 'types') return 'string'
  throw new UnknownType(`${go} in ${home}`)
}

function add(home: string, name: string): void {
  const full = `${home}.${name}`
  if (table[full] !== undefined) return
  table[full] = []
  table[full] = (read.get(home)?.structs.get(name) ?? []).flatMap(line => {
    const [, before = '', json = '', , number = ''] = /^(.*?)\s*`.*?json:"([^"]*)".*?protobuf:"(\w+),(\d+)/.exec(line) ?? []
    const go = before.trim().split(/\s+/).at(-1) ?? ''
    const [jsonName = '', ...options] = json.split(',')
    const type = knownTypeOf(home, go)
    if (type === undefined) return []
    // A zero that is not behind a pointer is left out of Go's JSON under omitempty, but is always there in its protobuf.
    const omits = options.includes('omitempty') && !go.startsWith('*') ? '?' : ''
    return [`${number} ${options.includes('inline') ? '' : jsonName} ${omits}${type}`]
  })
}

function knownTypeOf(home: string, go: string): string | undefined {
  try {
    return typeOf(home, go)
  } catch (error) {
    if (!(error instanceof UnknownType)) throw error
    console.log(`left out: ${error.message}`)
    return undefined
  }
}

for (const [name, , , kinds] of packages) for (const kind of kinds) add(name, kind)

const lines = Object.entries(table)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, fields]) => `${JSON.stringify(name)}:${JSON.stringify(fields)}`)
const target = new URL('../packages/testing/src/server/http/protobuf-types.json', import.meta.url)
writeFileSync(target, `{\n${lines.join(',\n')}\n}\n`)
console.log(`${lines.length} types`)
