import { type Call, ProviderError } from '@kube-node/core/provider'
import type { Google } from '../google/index.ts'
import type { GceConfig } from './config.types.ts'
import type { Image, Instance, PersistentDisk } from './resources.ts'

/** Path of the image that a class means now, from `projects/` on. One that is named is taken at its word. */
export const imageOf = async (google: Google, config: GceConfig, call: Call): Promise<string> => {
  const { project: own, image } = config
  const { project = own, name } = image
  return pathOf(project, name ?? (await describedImage(google, config, call)).name)
}

/** The image that a class means now, as Google describes it. @throws ProviderError `InvalidConfig` when there is none. */
export const describedImage = async (google: Google, { project: own, image }: GceConfig, call: Call): Promise<Image> => {
  const { project = own, name, family } = image
  const method = name === undefined ? 'images.getFromFamily' : 'images.get'
  const path = `projects/${project}/global/images/${name ?? `family/${family}`}`
  try {
    const found = await google.ask<Image>(method, { method: 'GET', path }, call)
    if (!found.name) throw new ProviderError('Internal', `Google ${method} answered no image`)
    return found
  } catch (error) {
    if (!ProviderError.is(error) || error.code !== 'NotFound') throw error
    const message = `no image is there of ${name === undefined ? `family ${family}` : `name ${name}`} in project ${project}`
    throw new ProviderError('InvalidConfig', message, { outcome: 'none', cause: error })
  }
}

const pathOf = (project: string, name: string): string => `projects/${project}/global/images/${name}`

/** The same config with the image of now in place of its family. */
export const pinned = async (google: Google, config: GceConfig, call: Call): Promise<GceConfig> => {
  if (config.image.family === undefined) return config
  const [, project, , , name] = (await imageOf(google, config, call)).split('/')
  return { ...config, image: { project, name } }
}

/** URL of the image that its boot disk was made of. @throws ProviderError */
export const bootImageOf = async (google: Google, { disks = [] }: Instance, call: Call): Promise<string | undefined> => {
  const source = disks.find(({ boot }) => boot === true)?.source
  const [path] = /projects\/.*/.exec(source ?? '') ?? []
  return path === undefined ? undefined : (await google.ask<PersistentDisk>('disks.get', { method: 'GET', path }, call)).sourceImage
}
