import { type JsonObject, at, isObject, textAt } from '../objects/index.ts'
import { goQuote } from '../schema/quote.ts'

interface Port {
  readonly field: string
  readonly name: string
  readonly hostIP: string
  readonly hostPort: unknown
  readonly served: string
}

/** What is odd about the ports of a Pod's containers, which share one network. */
export const portWarnings = (containers: readonly (readonly [container: JsonObject, path: string])[]): readonly string[] => {
  const ports = containers.flatMap(([container, path]): readonly Port[] => {
    const listed = at(container, 'ports')
    return (Array.isArray(listed) ? listed : []).filter(isObject).map((port, i) => ({
      field: `${path}.ports[${i}]`,
      name: textAt(port, 'name'),
      hostIP: textAt(port, 'hostIP'),
      hostPort: port['hostPort'] ?? 0,
      served: `${String(port['containerPort'])}/${textAt(port, 'protocol')}`,
    }))
  })
  return [
    ...ports.flatMap((port, i) =>
      ports
        .slice(0, i)
        .filter(other => other.served === port.served)
        .flatMap(other => overlap(port, other)),
    ),
    ...ports.flatMap((port, i) => {
      const first = port.name === '' ? undefined : ports.slice(0, i).find(other => other.name === port.name)
      if (first === undefined) return []
      const consequence = `services and probes that select ports by name will use ${first.field}`
      return [`${port.field}: duplicate port name ${goQuote(port.name)} with ${first.field}, ${consequence}`]
    }),
  ]
}

const overlap = (port: Port, other: Port): readonly string[] => {
  if (port.hostIP === other.hostIP && port.hostPort === other.hostPort)
    return [`${port.field}: duplicate port definition with ${other.field}`]
  if (port.hostPort === 0 || other.hostPort === 0) return [`${port.field}: overlapping port definition with ${other.field}`]
  return port.hostPort === other.hostPort && (port.hostIP === '') !== (other.hostIP === '')
    ? [`${port.field}: dangerously ambiguous port definition with ${other.field}`]
    : []
}
