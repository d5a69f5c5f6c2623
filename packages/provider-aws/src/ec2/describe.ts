import { DescribeInstancesCommand, type Filter, type Instance } from '@aws-sdk/client-ec2'
import { type Call, ProviderError } from '@kube-node/core/provider'
import { type Clients, asked, pagesOf } from '../aws/index.ts'

/** What EC2 gives at most. */
const MaxResults = 1_000

/** Tags with the value, or one of the values, that is asked for. */
export type TagValues = Readonly<Record<string, string | readonly string[]>>

/** All instances that carry these tags, page by page. Those that were terminated are shown for about an hour. */
export async function* describeInstances({ ec2 }: Clients, tags: TagValues, call: Call): AsyncGenerator<readonly Instance[]> {
  const Filters: Filter[] = Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value].flat() }))
  const pages = pagesOf(
    'DescribeInstances',
    call,
    (from, options) => ec2.send(new DescribeInstancesCommand({ Filters, MaxResults, ...from }), options),
    ({ Reservations }) => Reservations,
  )
  for await (const page of pages) yield page.flatMap(({ Instances = [] }) => Instances)
}

/** @throws ProviderError `NotFound`. */
export const describeInstance = async ({ ec2 }: Clients, id: string, call: Call): Promise<Instance> => {
  const command = new DescribeInstancesCommand({ InstanceIds: [id] })
  const { Reservations = [] } = await asked('DescribeInstances', call, options => ec2.send(command, options))
  const instance = Reservations.flatMap(({ Instances = [] }) => Instances).find(({ InstanceId }) => InstanceId === id)
  if (!instance) throw new ProviderError('NotFound', `there is no instance ${id}`)
  return instance
}
