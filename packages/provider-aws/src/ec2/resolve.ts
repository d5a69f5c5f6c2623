import type { Call } from '@kube-node/core/provider'
import type { Clients } from '../aws/index.ts'
import type { Ec2Config } from './config.types.ts'
import { imageOf } from './images.ts'
import { securityGroupsOf, subnetsOf } from './networks.ts'
import type { Networks } from './drift.ts'
import { remembered } from './remembered.ts'
import type { Resolved } from './request.ts'
import { type CompleteConfig, type Template, completed, meantFor, templateOf, volumesOf } from './template.ts'

/** What a class names, as ids of now. */
export interface Resolver {
  /** With the class as its launch template completes it. */
  resolved(config: Ec2Config, call: Call): Promise<Resolved & Networks & { readonly config: CompleteConfig }>
  /** The networks alone. */
  networks(config: Ec2Config, call: Call): Promise<Networks>
  /** What the class and its launch template say of machines that are there. */
  meant(config: Ec2Config, call: Call): Promise<Ec2Config>
  /** The same config with ids in place of all that floats. */
  pinned(config: Ec2Config, call: Call): Promise<Ec2Config>
}

export const resolver = (clients: Clients): Resolver => {
  const remember = remembered()

  const template = async ({ launchTemplate }: Ec2Config, call: Call): Promise<Template | undefined> =>
    launchTemplate && remember(JSON.stringify(['template', launchTemplate]), call, () => templateOf(clients, launchTemplate, call))

  const networks: Resolver['networks'] = async (config, call) => {
    const { subnets, securityGroups } = config
    const places = await remember(JSON.stringify(['subnets', subnets]), call, () => subnetsOf(clients, config, call))
    const groups = await remember(JSON.stringify(['groups', securityGroups]), call, () => securityGroupsOf(clients, config, call))
    return { ...(places && { subnets: places }), ...(groups && { securityGroups: groups }) }
  }

  const resolved: Resolver['resolved'] = async (given, call) => {
    const from = await template(given, call)
    const config = from ? completed(given, from) : withImage(given)
    const { ami, rootVolume } = config
    const image = await remember(JSON.stringify(['image', ami, rootVolume]), call, () => imageOf(clients, config, call))
    return { config, ...image, ...(from && { templateVolumes: volumesOf(from) }), ...(await networks(config, call)) }
  }

  return {
    resolved,
    networks,
    async meant(config, call) {
      const from = await template(config, call)
      return from ? meantFor(config, from) : config
    },
    async pinned(given, call) {
      const { config, imageId, rootDevice, subnets, securityGroups } = await resolved(given, call)
      return {
        ...config,
        ami: { id: imageId },
        ...(config.rootVolume && rootDevice !== undefined && { rootVolume: { ...config.rootVolume, device: rootDevice } }),
        ...(subnets && { subnets: { ids: subnets.map(({ id }) => id) } }),
        ...(securityGroups && { securityGroups: { ids: securityGroups } }),
      }
    },
  }
}

/** The schema sees to it that a class without a launch template names an image. */
const withImage = (config: Ec2Config): CompleteConfig => ({ ...config, ami: config.ami ?? {} })
