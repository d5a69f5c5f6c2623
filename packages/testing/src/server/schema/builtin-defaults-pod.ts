import { type Fill, all, fill, inside, items } from './fill.ts'
import { isObject } from './json.ts'

/** A tag other than `latest` stays the same, so the image need not be pulled again. */
const pullPolicy = (image: unknown): string => {
  const name = typeof image === 'string' ? image.slice(image.lastIndexOf('/') + 1) : ''
  if (name.includes('@')) return 'IfNotPresent'
  const tag = name.includes(':') ? name.slice(name.indexOf(':') + 1) : 'latest'
  return tag === 'latest' ? 'Always' : 'IfNotPresent'
}

const httpGet = inside('httpGet', fill({ path: '/', scheme: 'HTTP' }))

const probe: Fill = all(
  fill({ timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  httpGet,
  inside('grpc', fill({ service: '' })),
)

const fieldRef = inside('fieldRef', fill({ apiVersion: 'v1' }))

/** What is limited and not requested is requested as it is limited. */
const requests: Fill = resources => {
  const { limits } = resources
  return isObject(limits) && Object.keys(limits).length > 0
    ? { ...resources, requests: { ...limits, ...(isObject(resources['requests']) ? resources['requests'] : {}) } }
    : resources
}

const container: Fill = all(
  given =>
    fill({
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      imagePullPolicy: pullPolicy(given['image']),
    })(given),
  items('ports', fill({ protocol: 'TCP' })),
  items('env', inside('valueFrom', fieldRef)),
  inside('livenessProbe', probe),
  inside('readinessProbe', probe),
  inside('startupProbe', probe),
  inside('lifecycle', all(inside('postStart', httpGet), inside('preStop', httpGet))),
)

const containers: readonly Fill[] = ['containers', 'initContainers', 'ephemeralContainers'].map(list => items(list, container))

const mode = fill({ defaultMode: 420 })

const downward: Fill = items('items', fieldRef)

const volume: Fill = all(
  given => (Object.keys(given).some(key => key !== 'name') ? given : { ...given, emptyDir: {} }),
  inside('secret', mode),
  inside('configMap', mode),
  inside('downwardAPI', all(mode, downward)),
  inside(
    'projected',
    all(mode, items('sources', all(inside('serviceAccountToken', fill({ expirationSeconds: 3_600 })), inside('downwardAPI', downward)))),
  ),
  inside('hostPath', fill({ type: '' })),
)

const podSpec: Fill = all(
  fill({
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    terminationGracePeriodSeconds: 30,
    securityContext: {},
    schedulerName: 'default-scheduler',
  }),
  ...containers,
  items('volumes', volume),
  // The old name goes on beside the new one.
  spec => (typeof spec['serviceAccountName'] === 'string' ? fill({ serviceAccount: spec['serviceAccountName'] })(spec) : spec),
)

/** A port of the node's own network is open there under its own number. */
const hostPorts: Fill = spec =>
  spec['hostNetwork'] === true
    ? items(
        'containers',
        items('ports', port => fill({ hostPort: port['containerPort'] })(port)),
      )(spec)
    : spec

export const podTemplateDefaults: Fill = inside('spec', podSpec, {})

/** One address, and the list that begins with it. Where they differ the one counts, as old kubelets know only that. */
const podAddresses: Fill = status => {
  const { podIP = '', podIPs } = status
  const [first]: readonly unknown[] = Array.isArray(podIPs) ? podIPs : []
  const listed = isObject(first) ? first['ip'] : undefined
  if (podIP === '') return listed === undefined ? status : { ...status, podIP: listed }
  return listed === podIP ? status : { ...status, podIPs: [{ ip: podIP }] }
}

export const podDefaults: Fill = all(
  inside('status', podAddresses),
  inside(
    'spec',
    all(
      podSpec,
      fill({ enableServiceLinks: true }),
      hostPorts,
      items('containers', inside('resources', requests)),
      items('initContainers', inside('resources', requests)),
    ),
  ),
)
