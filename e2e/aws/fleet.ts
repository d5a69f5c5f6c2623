import { join } from 'node:path'
import { DescribeKeyPairsCommand, DescribeNetworkInterfacesCommand, DescribeVolumesCommand } from '@aws-sdk/client-ec2'
import { fromKubeConfig, loadKubeConfig, systemRuntime } from '@kube-node/core'
import { simulatedKubelets } from '@kube-node/testing/cloud'
import { type CommandLine, type ControlPlane, commandLine, createSupervisor, startControlPlane } from '../control-plane/index.ts'
import { asNode } from '../main-job/asNode.ts'
import { type Controllers, controllers } from '../main-job/controllers.ts'
import { kubeNode, root } from '../main-job/kubeNode.ts'
import { type Machines, machinesOf } from './machines.ts'
import { startMoto } from './moto.ts'
import { type AwsWorld, awsWorld } from './world.ts'

/** A real control plane, `kube-node run` as a process that may be killed, AWS as moto plays it, and kubelets on its machines. */
export interface Fleet extends AsyncDisposable {
  readonly controlPlane: ControlPlane
  readonly aws: AwsWorld
  readonly machines: Machines
  readonly controllers: Controllers
  readonly kubectl: CommandLine
  /**
   * Kills the controller when AWS has carried out that many requests of an action from now on, before it hears of the last one.
   * Resolves when it is dead.
   */
  killAt(action: string, count: number): Promise<void>
  /** What costs money or is left lying about: instances, volumes, network interfaces and key pairs, by kind. */
  leftovers(): Promise<Readonly<Record<string, number>>>
  /** The last that the controller has logged, and the nodes: for a story that fails. */
  report(): Promise<string>
}

const provider = join(root, 'e2e/aws/provider.ts')
/** `kubectl wait` says itself for how long. */
const kubectlMs = 300_000
/** Such that lists have several pages, each of which may be lost. */
const pageSize = 50

export const startFleet = async (): Promise<Fleet> => {
  const stack = new AsyncDisposableStack()
  try {
    const moto = stack.use(await startMoto())
    const aws = stack.use(await awsWorld(moto, { pageSize }))
    const controlPlane = stack.use(await startControlPlane())
    const kubectl = commandLine(controlPlane.kubectl, { timeoutMs: kubectlMs })
    const { stdout: manifests } = await kubeNode(['manifests', '--user', 'controller'])
    await kubectl('apply -f -', manifests)
    await kubectl('wait --for=condition=Established --timeout=30s crd --all')

    const machines = machinesOf(aws)
    const stopping = new AbortController()
    const transport = stack.use(fromKubeConfig(await loadKubeConfig({ file: controlPlane.kubeconfig })))
    const kubelets = simulatedKubelets({
      cloud: machines,
      transport,
      runtime: systemRuntime(),
      joinDelay: '200ms',
      joinAs: ({ name }) => asNode(transport, name),
    })
    const running = Promise.all([machines.run(stopping.signal), kubelets.run(stopping.signal)])
    stack.defer(async () => {
      stopping.abort()
      await running
    })
    const lives = controllers(stack.use(createSupervisor()), controlPlane, { provider, env: { AWS_ENDPOINT_URL: aws.proxy.url } })
    lives.start()

    return {
      controlPlane,
      aws,
      machines,
      controllers: lives,
      kubectl,
      async killAt(action, count) {
        const dead = Promise.withResolvers<void>()
        let left = count
        const forget = aws.proxy.losing((request, { status }) => {
          if (request.action !== action || status !== 200) return false
          left -= 1
          if (left === 0) dead.resolve(lives.last.stop('SIGKILL'))
          return left <= 0
        })
        await dead.promise
        forget()
      },
      async leftovers() {
        const [volumes, interfaces, keys] = await Promise.all([
          aws.direct.send(new DescribeVolumesCommand({})),
          aws.direct.send(new DescribeNetworkInterfacesCommand({})),
          aws.direct.send(new DescribeKeyPairsCommand({})),
        ])
        return {
          instances: (await aws.instances()).filter(({ State }) => State?.Name !== 'terminated').length,
          volumes: volumes.Volumes?.length ?? 0,
          interfaces: interfaces.NetworkInterfaces?.length ?? 0,
          keys: keys.KeyPairs?.length ?? 0,
        }
      },
      async report() {
        const { stdout } = await controlPlane.kubectl(['get', 'nodes,nodesets,nodeclasses', '-o', 'wide'])
        return `${lives.last.name}:\n${await lives.last.lastLines()}\n${stdout}\n${JSON.stringify([...aws.proxy.calls])}`
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}
