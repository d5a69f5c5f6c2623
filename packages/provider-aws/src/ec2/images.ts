import { type Image, paginateDescribeImages } from '@aws-sdk/client-ec2'
import { GetParameterCommand } from '@aws-sdk/client-ssm'
import { type Call, ProviderError } from '@kube-node/core/provider'
import { type Clients, asked } from '../aws/index.ts'
import type { ImageSource } from './config.types.ts'
import type { Resolved } from './request.ts'
import type { CompleteConfig } from './template.ts'

/** The image that a class means now, and its root device where the class has a word about that volume. */
export const imageOf = async (
  clients: Clients,
  { ami, rootVolume }: CompleteConfig,
  call: Call,
): Promise<Pick<Resolved, 'imageId' | 'rootDevice'>> => {
  const needsDevice = rootVolume !== undefined && rootVolume.device === undefined
  const imageId = ami.id ?? (ami.ssmParameter === undefined ? undefined : await parameter(clients, ami.ssmParameter, call))
  if (imageId !== undefined && !needsDevice) return { imageId, ...(rootVolume?.device !== undefined && { rootDevice: rootVolume.device }) }
  const images = await describe(clients, imageId === undefined ? ami : { id: imageId }, call)
  const image = newest(images)
  if (!image?.ImageId) throw refused(`no image is there for ${JSON.stringify(ami)}`)
  const device = rootVolume?.device ?? image.RootDeviceName
  if (needsDevice && device === undefined) throw refused(`image ${image.ImageId} has no root device: say rootVolume.device`)
  return { imageId: image.ImageId, ...(rootVolume && device !== undefined && { rootDevice: device }) }
}

/** GiB of the volume that an image begins with; undefined for one that does not say it. */
export const rootSizeOf = async (clients: Clients, imageId: string, call: Call): Promise<number | undefined> => {
  const [image] = await describe(clients, { id: imageId }, call)
  return image?.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === image.RootDeviceName)?.Ebs?.VolumeSize
}

const parameter = async ({ ssm }: Clients, name: string, call: Call): Promise<string> => {
  const { Parameter } = await asked('GetParameter', call, options => ssm.send(new GetParameterCommand({ Name: name }), options))
  const value = Parameter?.Value ?? ''
  if (!/^ami-[0-9a-f]+$/.test(value)) throw refused(`SSM parameter ${name} does not hold the id of an image`)
  return value
}

const describe = async ({ ec2 }: Clients, { id, owners, filters = {} }: ImageSource, call: Call): Promise<readonly Image[]> =>
  asked('DescribeImages', call, async options => {
    const wanted =
      id === undefined
        ? {
            Owners: [...(owners ?? [])],
            Filters: [
              { Name: 'state', Values: ['available'] },
              ...Object.entries(filters).map(([Name, Values]) => ({ Name, Values: [...Values] })),
            ],
          }
        : { ImageIds: [id] }
    const images: Image[] = []
    for await (const page of paginateDescribeImages({ client: ec2 }, wanted, options)) images.push(...(page.Images ?? []))
    return images
  })

/** RFC 3339 in UTC sorts as text does; the id decides between two of one moment. */
const newest = (images: readonly Image[]): Image | undefined => {
  const keyOf = ({ CreationDate = '', ImageId = '' }: Image): string => `${CreationDate} ${ImageId}`
  return images.reduce<Image | undefined>((best, image) => (best === undefined || keyOf(image) > keyOf(best) ? image : best), undefined)
}

const refused = (message: string): ProviderError => new ProviderError('InvalidConfig', message, { outcome: 'none' })
