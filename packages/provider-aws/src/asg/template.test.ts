import type { GroupRequest } from '@kube-node/core/provider'
import { describe, expect, test } from 'vitest'
import { config } from './config.ts'
import type { AutoScalingConfig } from './config.types.ts'
import { groupToMake } from './create.ts'
import { factsFor } from './group.fixture.ts'
import { templateChange } from './template.ts'

const parsed = (more: Readonly<Record<string, unknown>> = {}): AutoScalingConfig => {
  const result = config['~standard'].validate({ region: 'eu-west-1', ...more })
  if (result instanceof Promise) throw new Error('schemas answer at once')
  if (result.issues) throw new Error(result.issues.map(({ path = [], message }) => `${path.join('.')}: ${message}`).join('; '))
  return result.value
}
const owner = { cluster: 'c1', controller: 'kube-node.dev/controller', set: 's1', setName: 'workers' }
const request = (more: Readonly<Record<string, unknown>> = {}): GroupRequest<AutoScalingConfig> => ({
  name: 'kn-s1',
  owner,
  config: parsed(more),
  revision: 'r1',
  size: 3,
})
const launchTemplate = { name: 'nodes', version: '7' }

describe('a config', () => {
  test('needs its region alone: groups that exist keep what they have', () =>
    expect(parsed()).toEqual({ region: 'eu-west-1', limits: 'honour', tags: {} }))

  test.each([
    ['a template by id and by name', { launchTemplate: { id: 'lt-0a1', name: 'nodes' } }, 'name either id or name'],
    ['a template by nothing', { launchTemplate: {} }, 'name either id or name'],
    ['a version that is none', { launchTemplate: { name: 'nodes', version: 'latest' } }, 'a number, $Latest or $Default'],
    ['tags of ours', { tags: { 'kube-node.dev/cluster': 'x' } }, 'are taken'],
    ['a typo', { launchtemplate: { name: 'nodes' } }, 'launchtemplate'],
  ])('refuses %s', (_, more, words) => expect(() => parsed(more)).toThrow(words))
})

describe('a group of our own', () => {
  test('carries its owner, which its machines do not, and its revision, which they do', () => {
    const { Tags = [], ...rest } = groupToMake(request({ launchTemplate, tags: { team: 'web' } }), ['subnet-1', 'subnet-2'])
    expect(rest).toEqual({
      AutoScalingGroupName: 'kn-s1',
      MinSize: 0,
      MaxSize: 3,
      DesiredCapacity: 3,
      LaunchTemplate: { LaunchTemplateName: 'nodes', Version: '7' },
      VPCZoneIdentifier: 'subnet-1,subnet-2',
      NewInstancesProtectedFromScaleIn: true,
    })
    const of = (propagated: boolean) =>
      Object.fromEntries(Tags.filter(tag => tag.PropagateAtLaunch === propagated).map(({ Key, Value }) => [Key, Value]))
    expect(of(false)).toEqual({
      'kube-node.dev/cluster': 'c1',
      'kube-node.dev/controller': 'kube-node.dev/controller',
      'kube-node.dev/set': 's1',
      'kube-node.dev/set-name': 'workers',
    })
    expect(of(true)).toEqual({ Name: 'workers', team: 'web', 'kube-node.dev/revision': 'r1' })
  })

  test.each([
    ['a template', {}, ['subnet-1']],
    ['subnets', { launchTemplate }, undefined],
  ])('is not made without %s, and the class is told what it lacks', (_, more, subnets) =>
    expect(() => groupToMake(request(more), subnets)).toThrow('needs launchTemplate and subnets'),
  )
})

describe('what a changed class changes of a group', () => {
  const mixed = { MixedInstancesPolicy: { LaunchTemplate: { Overrides: [{ InstanceType: 'm7i.large' }] } } }
  const LaunchTemplateSpecification = { LaunchTemplateName: 'nodes', Version: '7' }

  test('its template', () =>
    expect(templateChange(factsFor(), { launchTemplate }, undefined)).toEqual({
      AutoScalingGroupName: 'workers',
      LaunchTemplate: LaunchTemplateSpecification,
    }))

  test('the template of a mixed instances policy, which stays one', () =>
    expect(templateChange(factsFor(mixed), { launchTemplate }, undefined)).toEqual({
      AutoScalingGroupName: 'workers',
      MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification } },
    }))

  test('its subnets, where they are others', () => {
    expect(templateChange(factsFor(), {}, ['subnet-2', 'subnet-1'])).toBeUndefined()
    expect(templateChange(factsFor(), {}, ['subnet-2', 'subnet-3'])).toMatchObject({ VPCZoneIdentifier: 'subnet-2,subnet-3' })
  })

  test('nothing, where the class says nothing of it', () => expect(templateChange(factsFor(), {}, undefined)).toBeUndefined())
})
