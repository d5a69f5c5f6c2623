import { describe, expect, test } from 'vitest'
import { driftOf } from './drift.ts'
import { parsed } from './request.fixture.ts'
import type { Instance } from './resources.ts'

const base = 'https://www.googleapis.com/compute/v1/projects/my-project-1'
const image = `${base}/global/images/ubuntu-1`
const instance: Instance = {
  id: '1',
  name: 'n1',
  status: 'RUNNING',
  zone: `${base}/zones/europe-west1-b`,
  machineType: `${base}/zones/europe-west1-b/machineTypes/e2-standard-2`,
  creationTimestamp: '2026-11-26T03:00:00.000-08:00',
  labels: { 'kube-node-claim': 'u-1', team: 'web' },
  networkInterfaces: [{ network: `${base}/global/networks/default`, subnetwork: `${base}/regions/europe-west1/subnetworks/nodes` }],
  serviceAccounts: [{ email: 'nodes@p', scopes: ['b', 'a'] }],
  tags: { items: ['web', 'nodes'] },
}
const drift = (more: Readonly<Record<string, unknown>>): string | undefined => driftOf(instance, image, parsed(more))

describe('an instance is as its class says', () => {
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['which leaves most open', {}],
    [
      'of several types and zones',
      { machineType: undefined, machineTypes: ['n2-standard-2', 'e2-standard-2'], zones: ['europe-west1-c', 'europe-west1-b'] },
    ],
    ['of an image of its own project', { image: { name: 'ubuntu-1' } }],
    ['of a family, whatever that means by now', { image: { family: 'ubuntu', project: 'ubuntu-os-cloud' } }],
    ['by the name of its network', { network: 'default' }],
    ['by a path of its network', { network: 'global/networks/default' }],
    ['by the name of its subnetwork', { subnetwork: 'nodes' }],
    ['by a path of its subnetwork', { subnetwork: 'regions/europe-west1/subnetworks/nodes' }],
    ['by a whole path', { subnetwork: 'projects/my-project-1/regions/europe-west1/subnetworks/nodes' }],
    ['in any order', { tags: ['nodes', 'web'], serviceAccount: { email: 'nodes@p', scopes: ['a', 'b'] } }],
    ['with more labels than it says', { labels: { team: 'web' } }],
  ])('%s', (_, more) => expect(drift(more)).toBeUndefined())
})

describe('it differs', () => {
  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['in its type', { machineType: 'e2-standard-4' }, 'its machine type is e2-standard-2, and the class says e2-standard-4'],
    ['in its zone', { zone: undefined, zones: ['europe-west1-c'] }, 'its zone is europe-west1-b, and the class says europe-west1-c'],
    [
      'in its image',
      { image: { name: 'ubuntu-2' } },
      'its image is projects/my-project-1/global/images/ubuntu-1, and the class says projects/my-project-1/global/images/ubuntu-2',
    ],
    [
      'in its network',
      { network: 'other' },
      'its network is projects/my-project-1/global/networks/default, and the class says projects/my-project-1/global/networks/other',
    ],
    [
      'in its subnetwork',
      { subnetwork: 'projects/shared/regions/europe-west1/subnetworks/nodes' },
      'its subnetwork is projects/my-project-1/regions/europe-west1/subnetworks/nodes, ' +
        'and the class says projects/shared/regions/europe-west1/subnetworks/nodes',
    ],
    [
      'in its account',
      { serviceAccount: { email: 'other@p', scopes: ['a', 'b'] } },
      'its service account is nodes@p, and the class says other@p',
    ],
    ['in its scopes', { serviceAccount: { email: 'nodes@p', scopes: ['a'] } }, 'its scopes are a, b, and the class says a'],
    ['in its tags', { tags: ['nodes'] }, 'its network tags are nodes, web, and the class says nodes'],
    ['in a label', { labels: { team: 'db' } }, 'its label team is web, and the class says db'],
    ['in a label that it has not', { labels: { tier: 'db' } }, 'its label tier is none, and the class says db'],
  ])('%s', (_, more, words) => expect(drift(more)).toBe(words))

  test('in an image of which nothing is known', () =>
    expect(driftOf(instance, undefined, parsed({ image: { name: 'ubuntu-1' } }))).toContain('its image is none'))
})
