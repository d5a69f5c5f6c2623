import { type Answer, notFound, ok } from '../wire/index.ts'
import type { Project } from './project.ts'

/** As it is called; whether a zone has it is another question. */
export const isMachineType = (name: string): boolean => /^[a-z]\d?[a-z0-9]*-(standard|medium|small|highmem|highcpu)(-\d+)?$/.test(name)

/** GiB a CPU: https://cloud.google.com/compute/docs/general-purpose-machines */
const memoryOf: Readonly<Record<string, number>> = { standard: 4, highmem: 8, highcpu: 1 }

/** https://cloud.google.com/compute/docs/reference/rest/v1/machineTypes: `e2-standard-4` has four CPUs. Zones `b` have no `n2`. */
export const machineType = (project: Project, zone: string, name: string): Answer => {
  const { family, kind = '', cpus } = /^(?<family>[a-z]\d[a-z]?)-(?<kind>[a-z]+)-(?<cpus>\d+)$/.exec(name)?.groups ?? {}
  const gibPerCpu = memoryOf[kind]
  const isThere = family !== 'n2' || !zone.endsWith('b')
  if (gibPerCpu === undefined || !isThere) return notFound(`projects/${project.id}/zones/${zone}/machineTypes/${name}`)
  return ok({ kind: 'compute#machineType', name, guestCpus: Number(cpus), memoryMb: Number(cpus) * gibPerCpu * 1_024 })
}
