import fc from 'fast-check'
import { type ResourceName, type SubjectName, resources } from '../resources.ts'
import type { Fields } from '../script.ts'
import { certificateSigningRequest } from './certificate-signing-request.ts'
import { configMap } from './config-map.ts'
import { replicaSet } from './replica-set.ts'
import { secret } from './secret.ts'
import { pod } from './pod.ts'
import { event } from './event.ts'
import { node } from './node.ts'
import { namespace } from './namespace.ts'
import { lease } from './lease.ts'
import { podDisruptionBudget } from './pod-disruption-budget.ts'
import { nodeClass } from './node-class.ts'
import { nodeSet } from './node-set.ts'
import { widget } from './widget.ts'
import { gadget } from './gadget.ts'
import { type Subject, subject } from './subject.ts'

export { metadata } from './metadata.ts'

export const subjects: Readonly<Record<SubjectName, Subject>> = {
  configmaps: configMap,
  secrets: secret,
  pods: pod,
  events: event,
  nodes: node,
  namespaces: namespace,
  leases: lease,
  poddisruptionbudgets: podDisruptionBudget,
  replicasets: replicaSet,
  nodeclasses: nodeClass,
  nodesets: nodeSet,
  widgets: widget,
  customresourcedefinitions: subject({ content: fc.constant({}), edits: [{ spec: { names: { shortNames: ['gg'] } } }] }),
  gadgets: gadget,
  newgadgets: gadget,
  gizmos: gadget,
  certificatesigningrequests: certificateSigningRequest,
}

export const whole = (resource: ResourceName, name: Fields, content: Fields): Fields => {
  const { apiVersion, kind } = resources[resource]
  const { metadata: meta, ...rest } = content
  return {
    apiVersion,
    kind,
    metadata: { ...name, ...(typeof meta === 'object' && meta !== null && !Array.isArray(meta) ? meta : {}) },
    ...rest,
  }
}
