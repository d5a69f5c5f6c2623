import { type Answer, invalid, ok, refused, type Request, asJson, asText, asTexts } from '../wire/index.ts'
import { describeWork, typeOf } from './describe.ts'
import { isMachineType } from './machineTypes.ts'
import { type Disk, type Item, type Project, type Vm, newVm } from './project.ts'

/**
 * "the server can check if the original operation with the same request ID was received, and if so, will ignore the second request"; for
 * 60 minutes: https://cloud.google.com/compute/docs/reference/rest/v1/instances/insert (requestId)
 */
const rememberedMs = 3_600_000
const uuid = /^(?!0{8}-0{4}-0{4}-0{4}-0{12}$)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** https://cloud.google.com/compute/docs/naming-resources */
const nameRule = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/
/** https://cloud.google.com/compute/docs/labeling-resources#requirements */
const labelKey = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u
const labelValue = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u
/** https://cloud.google.com/compute/docs/metadata/setting-custom-metadata#limitations */
const mostOfAValue = 262_144
const mostOfAll = 524_288

export interface Durations {
  /** How long an operation takes. Milliseconds. */
  readonly tookMs: number
  /** From the end of an operation that failed until what it had begun is gone. Milliseconds. */
  readonly undoneAfterMs: number
}

export const insert = (project: Project, zone: string, { body, query }: Request, { tookMs, undoneAfterMs }: Durations): Answer => {
  const requestId = query.get('requestId')
  if (requestId !== null && !uuid.test(requestId)) return invalid("Invalid value for field 'requestId': must be a non-zero UUID.")
  const before = requestId === null ? undefined : project.seen.get(requestId)
  if (before && project.now() - before.at < rememberedMs) {
    const work = project.operations.find(before.zone, before.name)
    if (work) return ok(describeWork(project, work))
  }
  const problem = problemOf(project, zone, body)
  if (problem) return problem
  const vm = newVm(project, {
    name: asText(body['name']),
    zone,
    asked: body,
    labels: asTexts(body['labels']),
    items: itemsOf(body['metadata']),
  })
  project.add(vm, disksOf(vm))
  const error = project.outcome(zone, typeOf(body))
  const work = project.operations.begin({ kind: 'insert', zone, target: vm.name, targetId: vm.id }, { tookMs, error }, () => {
    // What an operation that failed had begun is undone.
    const undo = (): void => project.remove(vm)
    if (error && undoneAfterMs > 0) setTimeout(undo, undoneAfterMs).unref()
    else if (error) undo()
    else if (vm.status === 'PROVISIONING') project.turn(vm, 'RUNNING')
  })
  if (requestId !== null) project.seen.set(requestId, { zone, name: work.name, at: project.now() })
  return ok(describeWork(project, work))
}

/** Local SSDs are part of the host. The boot disk is called like its VM, the others by their place, where nobody says another name. */
const disksOf = ({ id, name, zone, asked }: Vm): readonly Disk[] => {
  const { disks } = asked
  const attached = (Array.isArray(disks) ? disks.map(asJson) : []).filter(({ type }) => type !== 'SCRATCH')
  return attached.map(({ boot, autoDelete, initializeParams }, place) => ({
    name: boot === true ? name : `${name}-${place}`,
    zone,
    vm: id,
    autoDelete: autoDelete === true,
    image: asText(asJson(initializeParams)['sourceImage']),
  }))
}

export const itemsOf = (metadata: unknown): readonly Item[] => {
  const { items } = asJson(metadata)
  return Array.isArray(items) ? items.map(asJson).map(({ key, value }) => ({ key: asText(key), value: asText(value) })) : []
}

const problemOf = (project: Project, zone: string, body: Request['body']): Answer | undefined => {
  const name = asText(body['name'])
  const field = (path: string, value: string, why: string): Answer =>
    invalid(`Invalid value for field 'resource.${path}': '${value}'. ${why}`)
  if (!nameRule.test(name)) return field('name', name, `Must be a match of regex '${nameRule.source}'`)
  const type = typeOf(body)
  if (!asText(body['machineType']).startsWith(`zones/${zone}/`)) return field('machineType', type, 'The URL is malformed.')
  if (!isMachineType(type)) {
    return field('machineType', type, `Machine type with name '${type}' does not exist in zone '${zone}'.`)
  }
  if (!Array.isArray(body['disks']) || body['disks'].length === 0) return field('disks', '', 'No disks are specified.')
  if (!Array.isArray(body['networkInterfaces'])) return field('networkInterfaces', '', 'At least one network interface is required.')
  const labels = asTexts(body['labels'])
  const badLabel = Object.entries(labels).find(([key, value]) => !labelKey.test(key) || !labelValue.test(value))
  if (badLabel) return field('labels', badLabel.join(': '), 'Label does not match the required format.')
  if (Object.keys(labels).length > 64) return field('labels', '', 'At most 64 labels are allowed.')
  const tooMuch = metadataProblem(itemsOf(body['metadata']))
  if (tooMuch !== undefined) return field('metadata', '', tooMuch)
  if (project.find(zone, name))
    return refused(409, 'alreadyExists', `The resource 'projects/${project.id}/zones/${zone}/instances/${name}' already exists`)
  return undefined
}

export const metadataProblem = (items: readonly Item[]): string | undefined => {
  const sizes = items.map(({ value }) => Buffer.byteLength(value))
  if (new Set(items.map(({ key }) => key)).size !== items.length) return 'Metadata has duplicate keys.'
  if (sizes.some(size => size > mostOfAValue)) return `Value for key is too large: maximum size is ${mostOfAValue} characters.`
  return sizes.reduce((sum, size) => sum + size, 0) > mostOfAll
    ? `Total size for all keys and values is too large: maximum is ${mostOfAll}.`
    : undefined
}
