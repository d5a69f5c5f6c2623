import { CreateTagsCommand, type Instance } from '@aws-sdk/client-ec2'
import { type Call, type Owner, ProviderError } from '@kube-node/core/provider'
import { type Clients, asked } from '../aws/index.ts'
import { describeInstance } from './describe.ts'
import { instanceIdOf } from './machine.ts'
import { asList, asRecord, ownerOf, ownerTags, tagsOf } from './tags.ts'

/** Writes the owner's tags on an instance that runs already. Its own `Name` stays. */
export const adoptInstance = async (clients: Clients, providerID: string, owner: Owner, call: Call): Promise<Instance> => {
  const id = instanceIdOf(providerID)
  if (id === undefined) throw new ProviderError('NotFound', `${providerID} names no instance of EC2`)
  const instance = await describeInstance(clients, id, call)
  const tags = asRecord(instance.Tags)
  const problem = whyNotAdopt(instance, owner)
  if (problem) throw problem
  const wanted = { ...tagsOf(owner, tags) }
  const missing = Object.fromEntries(Object.entries(wanted).filter(([key, value]) => tags[key] !== value))
  if (Object.keys(missing).length > 0) {
    const command = new CreateTagsCommand({ Resources: [id], Tags: asList(missing) })
    await asked('CreateTags', call, options => clients.ec2.send(command, options))
  }
  return { ...instance, Tags: asList(wanted) }
}

/** Pure: what is against it; undefined when nothing is. */
export const whyNotAdopt = ({ InstanceId, State, Tags }: Instance, owner: Owner): ProviderError | undefined => {
  const tags = asRecord(Tags)
  const invalid = (message: string): ProviderError =>
    new ProviderError('InvalidConfig', `instance ${InstanceId} ${message}`, { outcome: 'none' })
  if (State?.Name === 'terminated' || State?.Name === 'shutting-down')
    return new ProviderError('NotFound', `instance ${InstanceId} is ${State.Name}`)
  const group = tags['aws:autoscaling:groupName']
  if (group !== undefined) return invalid(`is a member of Auto Scaling group ${group}, which would replace it: detach it first`)
  const before = ownerOf(tags)
  const claim = tags[ownerTags.claim]
  const isOurs = before ? before.claim === owner.claim && before.cluster === owner.cluster : claim === undefined || claim === owner.claim
  return isOurs
    ? undefined
    : invalid(`carries the tags of claim ${claim} of cluster ${tags[ownerTags.cluster]}: take its kube-node.dev/ tags off first`)
}
