import { type Instance, RunInstancesCommand } from '@aws-sdk/client-ec2'
import { type Call, type CreateRequest, type Owner, ProviderError, scopeOf } from '@kube-node/core/provider'
import { type Clients, asked } from '../aws/index.ts'
import type { Ec2Config } from './config.types.ts'
import { describeInstances } from './describe.ts'
import { ec2PlaceOf } from './places.ts'
import { runInstances } from './request.ts'
import type { Resolver } from './resolve.ts'
import { ownerTags } from './tags.ts'

/**
 * One instance a token. EC2 answers a token that it knows with the instance that it made; one that it knows from another request, or
 * whose instance is terminated, it refuses, and then the tags tell what was made.
 */
export const createInstance = async (
  clients: Clients,
  resolver: Resolver,
  request: CreateRequest<Ec2Config>,
  call: Call,
): Promise<Instance> => {
  const { owner } = request
  const { config, subnets, ...resolved } = await resolver.resolved(request.config, call)
  const complete = { ...request, config }
  const place = ec2PlaceOf(complete, subnets)
  if (!place) throw new ProviderError('InvalidConfig', `no subnet is in zone ${config.zone}`, { outcome: 'none' })
  const command = new RunInstancesCommand(runInstances(complete, place, resolved))
  try {
    const { Instances: [instance] = [] } = await asked('RunInstances', call, options => clients.ec2.send(command, options), scopeOf(place))
    if (!instance) throw new ProviderError('Internal', 'AWS RunInstances answered no instance')
    return instance
  } catch (error) {
    const reason = tokenIsKnown(error)
    if (reason === undefined) throw error
    return (await madeBefore(clients, owner, call)) ?? refused(reason, error)
  }
}

type KnownToken = 'IdempotentParameterMismatch' | 'IdempotentInstanceTerminated'

/** That this token has been here before: why it was refused then. */
const tokenIsKnown = (error: unknown): KnownToken | undefined => {
  const cause = ProviderError.is(error) ? error.facts.cause : undefined
  const name = cause instanceof Error ? cause.name : ''
  return name === 'IdempotentParameterMismatch' || name === 'IdempotentInstanceTerminated' ? name : undefined
}

/** The instance of this claim's attempt, one that lives before one that is gone. */
const madeBefore = async (clients: Clients, { cluster, claim, attempt }: Owner, call: Call): Promise<Instance | undefined> => {
  const found: Instance[] = []
  const tags = { [ownerTags.cluster]: cluster, [ownerTags.claim]: claim, [ownerTags.attempt]: String(attempt) }
  for await (const page of describeInstances(clients, tags, call)) found.push(...page)
  return found.find(({ State }) => State?.Name !== 'terminated') ?? found[0]
}

/** A token whose instance is terminated leaves nothing behind. Of any other an instance may still show up. */
const refused = (reason: KnownToken, cause: unknown): never => {
  if (reason === 'IdempotentInstanceTerminated') {
    throw new ProviderError('Internal', 'the instance of this attempt is terminated already', { outcome: 'none', cause })
  }
  throw new ProviderError('Internal', 'this attempt was asked for before, in other words, and its instance is not to be seen yet', {
    cause,
  })
}
