import { asJson, asText } from '../wire/index.ts'
import type { Work } from './operations.ts'
import type { Disk, Project, Vm } from './project.ts'

const base = 'https://www.googleapis.com/compute/v1'

/** Google writes times with the offset of its own time zone. */
const timeOf = (ms: number): string => new Date(ms - 8 * 3_600_000).toISOString().replace('Z', '-08:00')

export const zoneUrl = ({ id }: Project, zone: string): string => `${base}/projects/${id}/zones/${zone}`

/** https://cloud.google.com/compute/docs/reference/rest/v1/instances#Instance */
export const describeVm = (project: Project, vm: Vm): Readonly<Record<string, unknown>> => {
  const { asked, zone } = vm
  const link = `${zoneUrl(project, zone)}/instances/${vm.name}`
  return {
    ...asked,
    kind: 'compute#instance',
    id: vm.id,
    name: vm.name,
    status: vm.status,
    zone: zoneUrl(project, zone),
    machineType: `${zoneUrl(project, zone)}/machineTypes/${typeOf(asked)}`,
    creationTimestamp: timeOf(vm.createdAt),
    labels: vm.labels,
    labelFingerprint: vm.labelFingerprint,
    metadata: { kind: 'compute#metadata', fingerprint: vm.fingerprint, items: vm.items },
    networkInterfaces: [nicOf(project, vm)],
    disks: [...project.disks].filter(disk => disk.vm === vm.id).map(disk => attachedOf(project, vm, disk)),
    ...(vm.upcomingMaintenance && { resourceStatus: { upcomingMaintenance: vm.upcomingMaintenance } }),
    selfLink: link,
  }
}

/** A name of a network stands for its subnetwork in the region, where the network makes them by itself. */
const nicOf = (project: Project, vm: Vm): object => {
  const { networkInterfaces } = vm.asked
  const asked = asJson(Array.isArray(networkInterfaces) ? networkInterfaces[0] : undefined)
  const region = vm.zone.replace(/-[a-z]$/, '')
  return {
    name: 'nic0',
    networkIP: addressOf(vm),
    network: urlOf(project, asText(asked['network']) || 'global/networks/default'),
    subnetwork: urlOf(project, asText(asked['subnetwork']) || `regions/${region}/subnetworks/default`),
  }
}

const attachedOf = (project: Project, vm: Vm, { name, zone, autoDelete }: Disk): object => ({
  source: `${zoneUrl(project, zone)}/disks/${name}`,
  boot: name === vm.name,
  autoDelete,
})

/** https://cloud.google.com/compute/docs/reference/rest/v1/disks */
export const describeDisk = (project: Project, { name, zone, image = '' }: Disk): object => ({
  kind: 'compute#disk',
  name,
  zone: zoneUrl(project, zone),
  ...(image !== '' && { sourceImage: urlOf(project, image) }),
})

const urlOf = ({ id }: Project, path: string): string => `${base}/${path.startsWith('projects/') ? '' : `projects/${id}/`}${path}`

export const typeOf = (asked: Readonly<Record<string, unknown>>): string => asText(asked['machineType']).replace(/^.*\//, '')

const addressOf = ({ id }: Vm): string => `10.128.${Number(id.slice(-4, -2)) % 256}.${Number(id.slice(-2)) + 2}`

/** https://cloud.google.com/compute/docs/reference/rest/v1/zoneOperations#Operation */
export const describeWork = (project: Project, work: Work): Readonly<Record<string, unknown>> => {
  const done = project.operations.isDone(work)
  return {
    kind: 'compute#operation',
    id: work.id,
    name: work.name,
    zone: zoneUrl(project, work.zone),
    operationType: work.kind,
    targetLink: `${zoneUrl(project, work.zone)}/instances/${work.target}`,
    targetId: work.targetId,
    status: done ? 'DONE' : 'RUNNING',
    progress: done ? 100 : 0,
    insertTime: timeOf(work.begunAt),
    startTime: timeOf(work.begunAt),
    ...(done && { endTime: timeOf(work.doneAt) }),
    ...(done && work.error && { error: { errors: [work.error] }, httpErrorStatusCode: 503, httpErrorMessage: 'SERVICE UNAVAILABLE' }),
  }
}
