import type { BootstrapSpec, Parsed, Problem } from '../api/index.ts'
import type { Bootstrap, MachineProvider, Step } from '../provider/index.ts'
import { planBootstrap } from './plan.ts'
import type { BootstrapInput } from './plan.types.ts'
import { steps } from './steps.ts'
import { cloudInit } from './userData.ts'

/** Whether a class wants anything to be done on its machines. Without it no token is made and nothing is kept. */
export const needsDocument = (spec: BootstrapSpec | undefined): boolean =>
  spec !== undefined &&
  ((spec.type ?? 'none') !== 'none' || (spec.files?.length ?? 0) + (spec.users?.length ?? 0) + (spec.commands?.length ?? 0) > 0)

/** What of a provider decides what a document is. */
export type DocumentTaker = Pick<MachineProvider['definition'], 'name' | 'bootstrap' | 'maxUserData' | 'nodeNames'>

/**
 * What the machine of one attempt is told, as bytes to keep: user data as it is sent, or steps. `scope` is the token of the create.
 * Problems name the field and what to do, and quote nothing that is secret.
 */
export const renderDocument = (taker: DocumentTaker, input: BootstrapInput, scope: string): Parsed<Uint8Array> => {
  if (taker.bootstrap === 'none') {
    const message = `provider ${taker.name} hands nothing to its machines: remove it, or name another provider`
    return { ok: false, problems: [{ path: 'spec.bootstrap', message }] }
  }
  const plan = planBootstrap({ ...input, nodeNames: taker.nodeNames ?? 'claim' })
  if (!plan.ok) return plan
  if (taker.bootstrap === 'steps') return { ok: true, value: Buffer.from(JSON.stringify(steps(plan.value, scope).map(asKept))) }
  const told = cloudInit(plan.value, taker.maxUserData === undefined ? {} : { maxBytes: taker.maxUserData })
  if (!told.ok) return told
  return { ok: true, value: told.value.kind === 'user-data' ? told.value.bytes : new Uint8Array() }
}

/** What a create sends of it: user data, or nothing where steps come later. */
export const userDataOf = (taker: DocumentTaker, document: Uint8Array): Bootstrap =>
  taker.bootstrap === 'user-data' && document.length > 0 ? { kind: 'user-data', bytes: document } : { kind: 'none' }

/** The steps that were kept. @throws SyntaxError for bytes that are no document of steps. */
export const stepsOf = (document: Uint8Array): readonly Step[] => {
  const kept: unknown = JSON.parse(Buffer.from(document).toString('utf8'))
  if (!Array.isArray(kept)) throw new SyntaxError('a document of steps is a list')
  return kept.map(fromKept)
}

interface KeptStep {
  readonly id: string
  readonly command?: string
  readonly file?: { readonly path: string; readonly base64: string; readonly mode: string; readonly owner: string }
}

const asKept = ({ id, run }: Step): KeptStep =>
  'command' in run
    ? { id, command: run.command }
    : { id, file: { path: run.file, base64: Buffer.from(run.bytes).toString('base64'), mode: run.mode, owner: run.owner } }

// Border: asKept has written it, into a Secret that nobody else writes.
const fromKept = (kept: KeptStep): Step => {
  if (kept.file === undefined) return { id: kept.id, run: { command: kept.command ?? '' } }
  const { path, base64, mode, owner } = kept.file
  return { id: kept.id, run: { file: path, bytes: Buffer.from(base64, 'base64'), mode, owner } }
}

/** "spec.bootstrap.files[0].content: ...; spec.bootstrap.type: ...". */
export const problemText = (problems: readonly Problem[]): string =>
  problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')
