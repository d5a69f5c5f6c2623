import type { SimulatedMachine } from '../cloud/index.ts'

/** What a machine learns from its user data, or by steps, of how to join. */
export interface Told {
  /** `<id>.<secret>`. */
  readonly token: string
  /** Absent where the machine keeps the name that its cloud gives it. */
  readonly hostname?: string
}

const tokenText = /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/
const hostnameLine = /^hostname: "?([^"\n]+)"?$/m
/** As an option of the kubelet, or in a configuration of kubeadm's. */
const override = /--hostname-override=([^\s"]+)|name: "?hostname-override"?\n\s*value: "?([^"\n]+)"?$/m

/** Undefined for a machine that was told nothing. */
export const toldOf = ({ userData }: Pick<SimulatedMachine, 'userData'>): Told | undefined => {
  if (userData === undefined) return undefined
  const text = textOf(userData)
  const [, hostname] = hostnameLine.exec(text) ?? []
  return toldBy(text, hostname)
}

/** The same, of the text of all steps. */
export const toldIn = (steps: string): Told | undefined => {
  const [, ofKubelet, ofKubeadm] = override.exec(steps) ?? []
  return toldBy(steps, ofKubelet ?? ofKubeadm)
}

const toldBy = (text: string, hostname: string | undefined): Told | undefined => {
  const [token] = tokenText.exec(text) ?? []
  return token === undefined ? undefined : { token, ...(hostname !== undefined && { hostname }) }
}

/** The token in user data or steps; undefined when there is none. */
export const tokenIn = (bytes: Uint8Array): string | undefined => tokenText.exec(textOf(bytes))?.[0]

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')
