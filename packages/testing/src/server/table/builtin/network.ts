import { ageOf } from '../age.ts'
import { type Printer, columns, createdAt, formatLabels, list, map, nameOf, number, text } from '../printer.ts'
import type { JsonObject } from '../../schema/json.ts'

export const service: Printer = {
  columns: columns('Name', 'Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age', 'Selector+'),
  cells: (object, now) => [
    nameOf(object),
    text(object, 'spec', 'type'),
    list(object, 'spec', 'clusterIPs')[0] ?? '<none>',
    externalIP(object),
    ports(object),
    ageOf(createdAt(object), now),
    formatLabels(map(object, 'spec', 'selector')),
  ],
}

const externalIP = (object: JsonObject): string => {
  const given = list(object, 'spec', 'externalIPs').map(String)
  switch (text(object, 'spec', 'type')) {
    case 'ClusterIP':
    case 'NodePort':
      return given.join(',') || '<none>'
    case 'ExternalName':
      return text(object, 'spec', 'externalName')
    case 'LoadBalancer': {
      const balanced = list(object, 'status', 'loadBalancer', 'ingress')
        .map(i => text(i, 'ip') || text(i, 'hostname'))
        .filter(a => a !== '')
      return [...[...new Set(balanced)].sort(), ...given].join(',') || '<pending>'
    }
    default:
      return '<unknown>'
  }
}

const ports = (object: JsonObject): string =>
  list(object, 'spec', 'ports')
    .map(port => {
      const nodePort = number(port, 'nodePort')
      return `${number(port, 'port')}${nodePort > 0 ? `:${nodePort}` : ''}/${text(port, 'protocol')}`
    })
    .join(',') || '<none>'

export const endpoints: Printer = {
  columns: columns('Name', 'Endpoints', 'Age'),
  cells: (object, now) => [nameOf(object), formatEndpoints(object), ageOf(createdAt(object), now)],
}

const shownEndpoints = 3

const formatEndpoints = (object: JsonObject): string => {
  const subsets = list(object, 'subsets')
  if (subsets.length === 0) return '<none>'
  const all = subsets.flatMap(subset => {
    const addresses = list(subset, 'addresses').map(address => text(address, 'ip'))
    const open = list(subset, 'ports').map(port => number(port, 'port'))
    return open.length === 0
      ? addresses
      : open.flatMap(port => addresses.map(ip => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)))
  })
  const shown = all.slice(0, shownEndpoints).join(',')
  return all.length > shownEndpoints ? `${shown} + ${all.length - shownEndpoints} more...` : shown
}
