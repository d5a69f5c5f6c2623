import { createHash } from 'node:crypto'
import { type CreateRequest, ProviderError } from '@kube-node/core/provider'
import type { DataDisk, Disk, GceConfig } from './config.types.ts'
import { labelsOf, ownerItem } from './labels.ts'
import type { GcePlace } from './places.ts'
import type { MetadataItem } from './resources.ts'

/** Bytes of one value of an instance's metadata, as Google counts them. */
const mostOfAValue = 262_144
/** What fits also when it is no text, and grows by a third as base64. */
export const maxUserData: number = (mostOfAValue / 4) * 3

/**
 * Pure: a UUID that is the token's own, as Google wants for `requestId`. Google answers one that it has seen within about an hour with
 * the operation that it began then: https://cloud.google.com/compute/docs/reference/rest/v1/instances/insert
 */
export const requestIdOf = (token: string): string => {
  const hex = createHash('sha256').update(`kube-node ${token}`).digest('hex')
  // Version 8 of RFC 9562: of our own making. Its variant, too, is told by a digit.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/**
 * Pure: the one insert of an attempt, a function of request, place and image.
 * @param image path of an image, from `projects/` on.
 * @throws ProviderError `InvalidConfig` for user data that is too long.
 */
export const instanceOf = (request: CreateRequest<GceConfig>, place: GcePlace, image: string): object => {
  const { name, owner, config } = request
  const { zone } = place
  const labels = labelsOf(owner, config.labels)
  return {
    name,
    machineType: `zones/${zone}/machineTypes/${place.instanceType}`,
    labels,
    metadata: { items: metadataOf(request) },
    disks: [
      bootDisk(config.bootDisk, zone, image, labels),
      ...config.disks.map(disk => dataDisk(disk, zone, labels)),
      ...Array.from({ length: config.localSsds }, () => localSsd(zone)),
    ],
    networkInterfaces: [networkOf(config)],
    ...(config.tags.length > 0 && { tags: { items: [...config.tags] } }),
    ...(config.canIpForward && { canIpForward: true }),
    serviceAccounts: config.serviceAccount ? [{ email: config.serviceAccount.email, scopes: [...config.serviceAccount.scopes] }] : [],
    ...(config.accelerators.length > 0 && {
      guestAccelerators: config.accelerators.map(({ type, count }) => ({
        acceleratorType: `zones/${zone}/acceleratorTypes/${type}`,
        acceleratorCount: count,
      })),
    }),
    ...(config.minCpuPlatform !== undefined && { minCpuPlatform: config.minCpuPlatform }),
    shieldedInstanceConfig: {
      enableSecureBoot: config.shieldedVm.secureBoot,
      enableVtpm: config.shieldedVm.vtpm,
      enableIntegrityMonitoring: config.shieldedVm.integrityMonitoring,
    },
    scheduling: schedulingOf(config, place),
  }
}

/** A spot machine can be neither moved nor started again by Google; one with GPUs can't be moved. */
const schedulingOf = ({ spotTermination, accelerators }: GceConfig, { capacityType }: GcePlace): object => {
  if (capacityType === 'spot') {
    return {
      provisioningModel: 'SPOT',
      instanceTerminationAction: spotTermination === 'delete' ? 'DELETE' : 'STOP',
      onHostMaintenance: 'TERMINATE',
      automaticRestart: false,
    }
  }
  return { provisioningModel: 'STANDARD', onHostMaintenance: accelerators.length > 0 ? 'TERMINATE' : 'MIGRATE', automaticRestart: true }
}

const networkOf = ({ network, subnetwork, externalIp }: GceConfig): object => ({
  ...(network !== undefined && { network: network.includes('/') ? network : `global/networks/${network}` }),
  // A name alone is looked for in the zone's region by nobody: Google wants a path, relative or whole.
  ...(subnetwork !== undefined && { subnetwork }),
  ...(network === undefined && subnetwork === undefined && { network: 'global/networks/default' }),
  ...(externalIp && { accessConfigs: [{ type: 'ONE_TO_ONE_NAT', name: 'External NAT' }] }),
})

const bootDisk = ({ sizeGiB, type, kmsKey }: Disk, zone: string, image: string, labels: object): object => ({
  boot: true,
  autoDelete: true,
  initializeParams: {
    sourceImage: image,
    diskType: typeIn(zone, type),
    labels,
    ...(sizeGiB !== undefined && { diskSizeGb: String(sizeGiB) }),
  },
  ...encryptedBy(kmsKey),
})

const dataDisk = ({ name, sizeGiB, type, kmsKey }: DataDisk, zone: string, labels: object): object => ({
  autoDelete: true,
  deviceName: name,
  initializeParams: { diskType: typeIn(zone, type), diskSizeGb: String(sizeGiB), labels },
  ...encryptedBy(kmsKey),
})

const localSsd = (zone: string): object => ({
  type: 'SCRATCH',
  autoDelete: true,
  interface: 'NVME',
  initializeParams: { diskType: typeIn(zone, 'local-ssd') },
})

const typeIn = (zone: string, type: string): string => `zones/${zone}/diskTypes/${type}`
const encryptedBy = (kmsKey: string | undefined): object => (kmsKey === undefined ? {} : { diskEncryptionKey: { kmsKeyName: kmsKey } })

const metadataOf = ({ owner, config, bootstrap }: CreateRequest<GceConfig>): readonly MetadataItem[] => [
  ...Object.entries(config.metadata).map(([key, value]) => ({ key, value })),
  ...(bootstrap.kind === 'user-data' ? userData(bootstrap.bytes, config.bootstrapBy) : []),
  ownerItem(owner),
]

/** Values are text. cloud-init reads base64 where it is told so; the guest agent does not. */
const userData = (bytes: Uint8Array, key: GceConfig['bootstrapBy']): readonly MetadataItem[] => {
  const text = asText(bytes)
  if (text === undefined && key === 'startup-script') throw refused('a startup-script has to be text: compressed user data is none')
  const value = text ?? Buffer.from(bytes).toString('base64')
  if (Buffer.byteLength(value) > mostOfAValue) throw refused(`user data of ${bytes.length} bytes: Google takes ${mostOfAValue} in metadata`)
  return [{ key, value }, ...(text === undefined ? [{ key: 'user-data-encoding', value: 'base64' }] : [])]
}

const asText = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const refused = (message: string): ProviderError => new ProviderError('InvalidConfig', message, { outcome: 'none' })
