import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { type Server, type Socket, connect, createServer } from 'node:net'

/** Machines' addresses: out of RFC 2544's range, which is nobody's, so that several networks stand side by side, and beside real ones. */
export interface Network extends AsyncDisposable {
  /** Where machines find this machine: at the other end of the cable of each of them. */
  readonly gateway: string
  /** An address that was given to none before. */
  nextAddress(): string
  /**
   * Lets machines reach the server of that port of loopback, at the same port of the gateway. The gateway is there as long as a machine
   * is: call it when one is. Does nothing the second time.
   */
  open(port: number): Promise<void>
}

const gatewayHost = 1

export const createNetwork = (): Network => {
  const prefix = `198.${randomInt(18, 20)}.${randomInt(256)}`
  const gateway = `${prefix}.${gatewayHost}`
  let last = gatewayHost
  let server: Promise<Server> | undefined
  const sockets = new Set<Socket>()

  const listen = async (port: number): Promise<Server> => {
    const listening = createServer(near => {
      const far = connect(port, '127.0.0.1')
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(one)
        one.on('error', () => other.destroy())
        one.on('close', () => {
          sockets.delete(one)
          other.destroy()
        })
        one.pipe(other)
      }
    })
    listening.listen(port, gateway)
    await once(listening, 'listening')
    return listening
  }

  return {
    gateway,
    nextAddress: () => `${prefix}.${(last += 1)}`,
    open: async port => {
      await (server ??= listen(port))
    },
    async [Symbol.asyncDispose]() {
      const listening = await server
      for (const socket of sockets) socket.destroy()
      if (listening === undefined) return
      listening.close()
      await once(listening, 'close')
    },
  }
}
