import { createHash, timingSafeEqual } from 'node:crypto'
import { type Call, ProviderError } from '@kube-node/core/provider'
import ssh2, { type ClientChannel, type Client as SshClient } from 'ssh2'
import type { Login } from './ledger.ts'

/** What a command left. */
export interface Done {
  readonly exit: number
  /** The last of both streams, in the order in which it came, in whole lines. */
  readonly output: string
}

/** A connection to one machine, as root. */
export interface Session extends AsyncDisposable {
  /** The fingerprint of the host key that it has shown. */
  readonly hostKey: string
  /** Runs a script by `/bin/sh` with that input. @throws ProviderError `Unavailable` when the connection breaks; the signal's reason */
  run(script: string, input?: Uint8Array): Promise<Done>
}

const readyTimeoutMs = 30_000
const keepaliveMs = 10_000
const mostOutput = 64 * 1024

/**
 * Logs in. The host key must be the one that is known; without one whatever is shown is accepted, and told.
 * @throws ProviderError `Unauthorized` when the key is refused; `Unavailable` when nobody answers, or with another host key
 */
export const connect = async (login: Login, privateKey: string, { signal }: Call): Promise<Session> => {
  signal.throwIfAborted()
  const client = new ssh2.Client()
  const where = `${login.user}@${login.address}:${login.port}`
  let shown = ''
  const close = (): void => void client.destroy()
  signal.addEventListener('abort', close, { once: true })
  const ended = async (): Promise<void> => {
    signal.removeEventListener('abort', close)
    client.destroy()
  }

  try {
    await new Promise<void>((resolve, reject) => {
      client
        .once('ready', resolve)
        .once('error', reject)
        .once('close', () => reject(signal.aborted ? signal.reason : new Error('the connection was closed')))
        .connect({
          host: login.address,
          port: login.port,
          username: login.user,
          privateKey,
          readyTimeout: readyTimeoutMs,
          keepaliveInterval: keepaliveMs,
          hostVerifier: (key: Buffer) => {
            shown = fingerprint(key)
            return login.hostKey === undefined || sameText(shown, login.hostKey)
          },
        })
      // Else each small packet waits for the other side's acknowledgement, 40 ms at a time.
      client.setNoDelay(true)
    })
  } catch (error) {
    await ended()
    if (signal.aborted) throw signal.reason
    throw refusedLogin(where, login, shown, error)
  }
  // What happens to the connection later, each command hears of itself.
  client.on('error', () => undefined)

  return {
    hostKey: shown,
    run: (script, input) => execute(client, where, login.user === 'root' ? script : sudo(script), input, signal),
    [Symbol.asyncDispose]: ended,
  }
}

const refusedLogin = (where: string, { hostKey }: Login, shown: string, error: unknown): ProviderError => {
  if (hostKey !== undefined && shown !== '' && !sameText(shown, hostKey)) {
    const message = `${where} shows the host key ${shown} instead of ${hostKey}: another machine answers, or it was installed anew`
    return new ProviderError('Unavailable', message, { cause: error })
  }
  const text = error instanceof Error ? error.message : String(error)
  if (/authentication methods failed/i.test(text)) {
    return new ProviderError('Unauthorized', `${where} refuses the key of the class's Secret`, { cause: error })
  }
  if (/privateKey|parse.*key|passphrase/i.test(text)) {
    return new ProviderError('Unauthorized', `the private key of the class's Secret can't be read: ${text}`, { cause: error })
  }
  return new ProviderError('Unavailable', `${where} does not answer: ${text}`, { cause: error })
}

const execute = (client: SshClient, where: string, command: string, input: Uint8Array | undefined, signal: AbortSignal): Promise<Done> =>
  new Promise((resolve, reject) => {
    const broken = (why: string): void =>
      reject(signal.aborted ? signal.reason : new ProviderError('Unavailable', `the connection to ${where} broke: ${why}`))
    const lost = (): void => broken('it was closed')
    client.once('close', lost)
    const onChannel = (error: Error | undefined, channel: ClientChannel): void => {
      if (error) return broken(error.message)
      let output = ''
      let isCut = false
      let exit: number | undefined
      const keep = (chunk: Buffer): void => {
        output += chunk.toString()
        isCut ||= output.length > mostOutput
        output = output.slice(-mostOutput)
      }
      channel
        .on('data', keep)
        .on('exit', (code: number | null) => {
          exit = code ?? killed
        })
        .on('close', () => {
          client.off('close', lost)
          if (exit === undefined) broken('no end was told')
          else resolve({ exit, output: isCut ? withoutFirstLine(output) : output })
        })
      channel.stderr.on('data', keep)
      channel.end(input && Buffer.from(input))
    }
    try {
      client.exec(command, onChannel)
    } catch (error) {
      broken(String(error))
    }
  })

/** Of a secret that was cut in two nothing would be known again. */
const withoutFirstLine = (output: string): string => {
  const end = output.indexOf('\n')
  return end < 0 ? '...' : output.slice(end + 1)
}

/** Of a command that a signal has ended. */
const killed = 128

const sudo = (script: string): string => `sudo -n /bin/sh -c ${quoted(script)}`

export const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

const fingerprint = (key: Buffer): string => `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

const sameText = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
