import type { InstanceStateName } from '@aws-sdk/client-ec2'
import { expect, test } from 'vitest'
import { whyNotAdopt } from './adopt.ts'
import { type Tags, asList, tagsOf } from './tags.ts'

const owner = { cluster: 'cluster', controller: 'kube-node.dev/controller', claim: 'claim', nodeName: 'node', attempt: 1 }
const against = (tags: Tags, state: InstanceStateName = 'running') =>
  whyNotAdopt({ InstanceId: 'i-0abc', State: { Name: state }, Tags: asList(tags) }, owner)

test.each<[string, Tags]>([
  ["nobody's", { Name: 'made-by-hand' }],
  ["the claim's own already", tagsOf(owner)],
  ['half adopted, when an answer was lost', { 'kube-node.dev/claim': 'claim' }],
])('an instance that is %s is adopted', (_, tags) => expect(against(tags)).toBeUndefined())

test.each<[string, Tags, string]>([
  ["another claim's", tagsOf({ ...owner, claim: 'other' }), 'claim other of cluster cluster'],
  ["another cluster's", tagsOf({ ...owner, cluster: 'other' }), 'claim claim of cluster other'],
  ["another claim's by half its tags", { 'kube-node.dev/claim': 'other' }, 'claim other'],
  ['a member of a group', { 'aws:autoscaling:groupName': 'workers' }, 'Auto Scaling group workers, which would replace it'],
])('an instance that is %s is left alone', (_, tags, message) => {
  const refusal = against(tags)
  expect({ code: refusal?.code, outcome: refusal?.facts.outcome }).toEqual({ code: 'InvalidConfig', outcome: 'none' })
  expect(refusal?.message).toContain(message)
})

test.each(['terminated', 'shutting-down'] as const)('an instance that is %s is not there', state =>
  expect(against({}, state)).toMatchObject({ code: 'NotFound' }),
)
