export { type CapacityType, type DataDisk, type Disk, type GceConfig, type GceOptions, type ImageSource, gce } from './instances/index.ts'
