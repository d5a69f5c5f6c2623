import { gzipSync } from 'node:zlib'
import type { Parsed } from '../api/index.ts'
import type { Bootstrap } from '../provider/index.ts'
import { cloudConfig, cloudConfigType } from './cloudConfig.ts'
import { type Part, multipart } from './mime.ts'
import type { JoinPlan } from './plan.types.ts'

export interface UserDataOptions {
  /** What the provider takes, in bytes. Default: no limit. */
  readonly maxBytes?: number
  /** The way to the machine carries text only (Google's metadata): compressed data is wrapped in MIME and base64. Default: false. */
  readonly text?: boolean
  /** More parts, after ours: what a host or a cloud's own image wants to be told (`application/node.eks.aws`). */
  readonly parts?: readonly Part[]
}

/**
 * The plan as user data for cloud-init; `none` when there is nothing to do. Plain as long as it fits, compressed when it must be.
 * The same plan is the same bytes.
 * Problem: it does not fit at all. It says how large it is, how large it may be, and which files make it so.
 */
export const cloudInit = (plan: JoinPlan, options: UserDataOptions = {}): Parsed<Bootstrap> => {
  const { maxBytes = Number.POSITIVE_INFINITY, text = false, parts = [] } = options
  const plain = Buffer.from(document(plan, parts))
  if (plain.length === 0) return { ok: true, value: { kind: 'none' } }
  if (plain.length <= maxBytes) return { ok: true, value: { kind: 'user-data', bytes: plain } }
  const small = text ? Buffer.from(textOnly(plan, parts)) : gzip(plain)
  if (small.length <= maxBytes) return { ok: true, value: { kind: 'user-data', bytes: small } }
  const message =
    `the user data has ${plain.length} bytes, ${small.length} compressed, and the provider takes ${maxBytes}: put files into the image, ` +
    `or let a command fetch them${largest(plan)}`
  return { ok: false, problems: [{ path: 'spec.bootstrap', message }] }
}

const isEmpty = (plan: JoinPlan): boolean =>
  plan.hostname === undefined && plan.users.length + plan.files.length + plan.commands.length === 0

/**
 * cloud-init unpacks a part that calls itself compressed. It garbles what is not ASCII in there (22.4), and knows by its first line
 * alone what was unpacked, so that only our own part can go this way.
 */
const textOnly = (plan: JoinPlan, parts: readonly Part[]): string => {
  const compressed = { type: 'application/gzip', content: gzip(Buffer.from(cloudConfig(plan, { ascii: true }))) }
  return multipart([...(isEmpty(plan) ? [] : [compressed]), ...parts])
}

const document = (plan: JoinPlan, parts: readonly Part[]): string => {
  const all = [...(isEmpty(plan) ? [] : [{ type: cloudConfigType, content: cloudConfig(plan) }]), ...parts]
  const [first] = all
  if (first === undefined) return ''
  // cloud-init takes for MIME whatever says so near its beginning, and be it in a file that is to be written.
  const alone = parts.length === 0 && !looksLikeMime(String(first.content))
  return alone ? String(first.content) : multipart(all)
}

const whereCloudInitLooks = 4_096
const looksLikeMime = (text: string): boolean =>
  /mime-version:/i.test(Buffer.from(text).subarray(0, whereCloudInitLooks).toString('latin1'))

/** Without what differs between machines: gzipSync writes no time, but the name of the operating system. */
const gzip = (bytes: Uint8Array): Buffer => {
  const zipped = gzipSync(bytes, { level: 9 })
  zipped[operatingSystem] = unknownSystem
  return zipped
}
const operatingSystem = 9
const unknownSystem = 255

const shown = 3
const largest = (plan: JoinPlan): string => {
  const files = plan.files
    .toSorted((a, b) => b.bytes.length - a.bytes.length)
    .slice(0, shown)
    .map(file => `${file.path} (${file.bytes.length} bytes)`)
  return files.length === 0 ? '' : `. Largest: ${files.join(', ')}`
}
