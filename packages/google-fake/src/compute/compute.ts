import { type Answer, notFound, ok, refused, type Request, asTexts } from '../wire/index.ts'
import { describeDisk, describeVm, describeWork } from './describe.ts'
import { type Durations, insert, itemsOf, metadataProblem } from './insert.ts'
import { type ListOptions, listInstances, listOperations } from './list.ts'
import { machineType } from './machineTypes.ts'
import { type Project, type Vm, newFingerprint } from './project.ts'

export type ComputeOptions = Durations & ListOptions

/** A method as Google names it, and what does it. */
export interface Route {
  readonly method: string
  run(): Answer | Promise<Answer>
}

/** "Waits for the specified Operation resource to return as DONE or for the request to approach the 2 minute deadline" */
const longestWaitMs = 120_000

/** Undefined: no such method. */
export const computeRoute = (project: Project, request: Request, options: ComputeOptions): Route | undefined => {
  const [projects, , first, second, ...rest] = request.path
  if (projects !== 'projects') return undefined
  if (first === 'aggregated' && second === 'instances') {
    return { method: 'instances.aggregatedList', run: () => listInstances(project, request, options) }
  }
  if (first === 'global' && second === 'images') return imageRoute(project, rest)
  return first === 'zones' && second !== undefined ? zoneRoute(project, second, rest, request, options) : undefined
}

/** https://cloud.google.com/compute/docs/reference/rest/v1/images: 10 GB, each of them. */
const imageRoute = (project: Project, [first = '', second]: readonly string[]): Route => {
  const name = first === 'family' ? project.families.get(second ?? '') : [...project.families.values()].find(image => image === first)
  const path = `projects/${project.id}/global/images/${second === undefined ? first : `family/${second}`}`
  return {
    method: first === 'family' ? 'images.getFromFamily' : 'images.get',
    run: () => (name === undefined ? notFound(path) : ok({ kind: 'compute#image', name, diskSizeGb: '10' })),
  }
}

const zoneRoute = (
  project: Project,
  zone: string,
  rest: readonly string[],
  request: Request,
  options: ComputeOptions,
): Route | undefined => {
  const [collection, name = '', verb] = rest
  const { method } = request
  if (!options.zones.includes(zone)) return { method: 'zones.get', run: () => notFound(`projects/${project.id}/zones/${zone}`) }
  if (collection === 'operations' && name === '') {
    return { method: 'zoneOperations.list', run: () => listOperations(project, zone, request, options.pageSize) }
  }
  if (collection === 'operations') {
    return {
      method: verb === 'wait' ? 'operations.wait' : 'operations.get',
      run: async () => {
        const work = project.operations.find(zone, name)
        if (!work) return notFound(`projects/${project.id}/zones/${zone}/operations/${name}`)
        if (verb === 'wait') await project.operations.wait(work, longestWaitMs, request.gone)
        return ok(describeWork(project, work))
      },
    }
  }
  if (collection === 'machineTypes') return { method: 'machineTypes.get', run: () => machineType(project, zone, name) }
  if (collection === 'disks') {
    const disk = [...project.disks].find(each => each.zone === zone && each.name === name)
    return { method: 'disks.get', run: () => (disk ? ok(describeDisk(project, disk)) : notFound(`zones/${zone}/disks/${name}`)) }
  }
  if (collection !== 'instances') return undefined
  if (method === 'POST' && name === '') return { method: 'instances.insert', run: () => insert(project, zone, request, options) }
  const on = (what: string, run: (vm: Vm) => Answer): Route => ({
    method: what,
    run: () => {
      const vm = project.find(zone, name)
      return vm ? run(vm) : notFound(`projects/${project.id}/zones/${zone}/instances/${name}`)
    },
  })
  const work = (vm: Vm, kind: string, end: () => void): Answer =>
    ok(describeWork(project, project.operations.begin({ kind, zone, target: vm.name, targetId: vm.id }, { tookMs: options.tookMs }, end)))
  if (method === 'GET') return on('instances.get', vm => ok(describeVm(project, vm)))
  if (method === 'DELETE') {
    return on('instances.delete', vm => {
      project.turn(vm, 'STOPPING')
      return work(vm, 'delete', () => project.remove(vm))
    })
  }
  if (verb === 'setLabels') {
    return on('instances.setLabels', vm => {
      if (request.body['labelFingerprint'] !== vm.labelFingerprint) return conflict('labelFingerprint')
      vm.labels = asTexts(request.body['labels'])
      vm.labelFingerprint = newFingerprint()
      return work(vm, 'setLabels', () => undefined)
    })
  }
  if (verb === 'setMetadata') {
    return on('instances.setMetadata', vm => {
      if (request.body['fingerprint'] !== vm.fingerprint) return conflict('fingerprint')
      const items = itemsOf(request.body)
      const problem = metadataProblem(items)
      if (problem !== undefined) return refused(400, 'invalid', problem)
      vm.items = items
      vm.fingerprint = newFingerprint()
      return work(vm, 'setMetadata', () => undefined)
    })
  }
  return undefined
}

/** https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-metadata-server (412, conditionNotMet) */
const conflict = (field: string): Answer => refused(412, 'conditionNotMet', `Supplied ${field} does not match current one.`)
