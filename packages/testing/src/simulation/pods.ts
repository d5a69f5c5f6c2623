import { type Pod, annotations, nameOf } from '@kube-node/core/api'
import type { Chance } from './chance.ts'

export const podNamespace = 'default'
/** Volumes that one pod at a time may use. */
export const volumeNames: readonly string[] = ['data-0', 'data-1', 'data-2']
export const persistentVolumeOf = (claim: string): string => `pv-${claim}`
/** Somebody's own, who takes it off when he has seen that the pod ended. */
export const holdFinalizer = 'people.example/hold'

/** A web pod: some are critical, some must not be disrupted, some hang on a finalizer, some use a volume of those that are free. */
export const drawPod = (name: string, chance: Chance, freeVolumes: readonly string[], guards: boolean): Pod => {
  const traits = {
    critical: chance.happens(0.15),
    guarded: chance.happens(0.06) && guards,
    held: chance.happens(0.1),
    stores: chance.happens(0.35),
  }
  const claimName = traits.stores && freeVolumes.length > 0 ? chance.pick(freeVolumes) : undefined
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: podNamespace,
      labels: { app: 'web' },
      ...(traits.guarded && { annotations: { [annotations.doNotDisrupt]: 'true' } }),
      ...(traits.held && { finalizers: [holdFinalizer] }),
    },
    spec: {
      containers: [{ name: 'c', image: 'web:1' }],
      ...(traits.critical && { priorityClassName: 'system-cluster-critical', priority: 2_000_000_000 }),
      ...(claimName !== undefined && { volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] }),
    },
  }
}

export const volumeOf = ({ spec }: Pod): string | undefined => spec?.volumes?.[0]?.persistentVolumeClaim?.claimName

export const isHeld = (pod: Pod): boolean => pod.metadata?.finalizers?.includes(holdFinalizer) === true

export const isCritical = ({ spec }: Pod): boolean => spec?.priorityClassName === 'system-cluster-critical'

export const isGuarded = ({ metadata }: Pod): boolean => metadata?.annotations?.[annotations.doNotDisrupt] === 'true'

export const podPath = (pod: Pod): string => `/api/v1/namespaces/${pod.metadata?.namespace ?? ''}/pods/${nameOf(pod)}`
