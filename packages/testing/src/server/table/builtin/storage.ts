import { ageOf } from '../age.ts'
import { type Printer, at, columns, createdAt, isDeleted, list, nameOf, text } from '../printer.ts'
import type { JsonObject } from '../../schema/json.ts'

const modes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

const accessModes = (given: readonly unknown[]): string =>
  Object.entries(modes)
    .filter(([mode]) => given.includes(mode))
    .map(([, short]) => short)
    .join(',')

const classOf = (object: JsonObject): string =>
  text(object, 'metadata', 'annotations', 'volume.beta.kubernetes.io/storage-class') || text(object, 'spec', 'storageClassName')

const orUnset = (value: unknown): string => (typeof value === 'string' ? value : '<unset>')

const phase = (object: JsonObject): string => (isDeleted(object) ? 'Terminating' : text(object, 'status', 'phase'))

export const persistentVolume: Printer = {
  columns: columns(
    'Name',
    'Capacity',
    'Access Modes',
    'Reclaim Policy',
    'Status',
    'Claim',
    'StorageClass',
    'VolumeAttributesClass',
    'Reason',
    'Age',
    'VolumeMode+',
  ),
  cells: (object, now) => {
    const claim = at(object, 'spec', 'claimRef')
    return [
      nameOf(object),
      text(object, 'spec', 'capacity', 'storage') || '0',
      accessModes(list(object, 'spec', 'accessModes')),
      text(object, 'spec', 'persistentVolumeReclaimPolicy'),
      phase(object),
      claim === undefined ? '' : `${text(claim, 'namespace')}/${text(claim, 'name')}`,
      classOf(object),
      orUnset(at(object, 'spec', 'volumeAttributesClassName')),
      text(object, 'status', 'reason'),
      ageOf(createdAt(object), now),
      orUnset(at(object, 'spec', 'volumeMode')),
    ]
  },
}

export const persistentVolumeClaim: Printer = {
  columns: columns('Name', 'Status', 'Volume', 'Capacity', 'Access Modes', 'StorageClass', 'VolumeAttributesClass', 'Age', 'VolumeMode+'),
  cells: (object, now) => {
    const volume = text(object, 'spec', 'volumeName')
    return [
      nameOf(object),
      phase(object),
      volume,
      volume === '' ? '' : text(object, 'status', 'capacity', 'storage') || '0',
      volume === '' ? '' : accessModes(list(object, 'status', 'accessModes')),
      classOf(object),
      orUnset(at(object, 'spec', 'volumeAttributesClassName')),
      ageOf(createdAt(object), now),
      orUnset(at(object, 'spec', 'volumeMode')),
    ]
  },
}

const defaultClass = 'storageclass.kubernetes.io/is-default-class'

/** Whether it is the default is a matter of all classes together: shown for the one that says so itself. */
export const storageClass: Printer = {
  columns: columns('Name', 'Provisioner', 'ReclaimPolicy', 'VolumeBindingMode', 'AllowVolumeExpansion', 'Age'),
  cells: (object, now) => [
    `${nameOf(object)}${text(object, 'metadata', 'annotations', defaultClass) === 'true' ? ' (default)' : ''}`,
    text(object, 'provisioner'),
    text(object, 'reclaimPolicy') || 'Delete',
    text(object, 'volumeBindingMode') || 'Immediate',
    at(object, 'allowVolumeExpansion') === true,
    ageOf(createdAt(object), now),
  ],
}

export const volumeAttachment: Printer = {
  columns: columns('Name', 'Attacher=name', 'PV', 'Node', 'Attached:boolean', 'Age'),
  cells: (object, now) => [
    nameOf(object),
    text(object, 'spec', 'attacher'),
    text(object, 'spec', 'source', 'persistentVolumeName'),
    text(object, 'spec', 'nodeName'),
    at(object, 'status', 'attached') === true,
    ageOf(createdAt(object), now),
  ],
}

export const csiNode: Printer = {
  columns: columns('Name', 'Drivers:integer', 'Age'),
  cells: (object, now) => [nameOf(object), list(object, 'spec', 'drivers').length, ageOf(createdAt(object), now)],
}
