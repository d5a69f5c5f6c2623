import { describe, expect, test } from 'vitest'
import { credentials } from '../google/index.ts'
import { parsed } from './request.fixture.ts'

test('defaults are the safe ones', () =>
  expect(parsed()).toMatchObject({
    capacityTypes: ['on-demand'],
    spotTermination: 'delete',
    bootDisk: { type: 'pd-balanced' },
    externalIp: false,
    canIpForward: false,
    shieldedVm: { secureBoot: false, vtpm: true, integrityMonitoring: true },
    bootstrapBy: 'user-data',
  }))

describe('is refused, with what is wrong', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['a typo', { machinetype: 'e2-small' }, 'machinetype'],
    ['no type', { machineType: undefined }, 'machineType: name either machineType or machineTypes'],
    ['two ways to say types', { machineTypes: ['e2-small'] }, 'machineType: name either machineType or machineTypes'],
    ['no zone', { zone: undefined }, 'zones: name zone or zones'],
    ['a zone that is none of its zones', { zones: ['europe-west1-c'] }, 'zone: is none of zones'],
    ['a zone twice', { zone: undefined, zones: ['europe-west1-c', 'europe-west1-c'] }, 'zones: one of them is there twice'],
    ['a region for a zone', { zone: 'europe-west1' }, 'zone: a zone'],
    ['a project that is none', { project: 'My Project' }, 'project: the id of a project'],
    ['two ways to say an image', { image: { name: 'a', family: 'b' } }, 'image: name exactly one of name and family'],
    [
      'a disk twice',
      {
        disks: [
          { name: 'a', sizeGiB: 1 },
          { name: 'a', sizeGiB: 1 },
        ],
      },
      'disks: two disks have the same name',
    ],
    ['a disk of no size', { disks: [{ name: 'a' }] }, 'disks.0.sizeGiB'],
    ['our labels', { labels: { 'kube-node-claim': 'x' } }, 'labels: kube-node-cluster and kube-node-claim are taken'],
    ['a label that Google refuses', { labels: { Team: 'web' } }, 'labels.Team'],
    ['a value that Google refuses', { labels: { team: 'Web' } }, 'labels.team: at most 63 lower-case letters'],
    ['user data of its own', { metadata: { 'user-data': '#!/bin/sh' } }, 'metadata: user-data, user-data-encoding, startup-script'],
  ])('%s', (_, more, problem) => expect(() => parsed(more)).toThrow(problem))
})

describe('the Secret', () => {
  const read = (entries: Readonly<Record<string, string>>) => credentials['~standard'].validate(entries)
  const key = { type: 'service_account', client_email: 'a@b', private_key: 'k', project_id: 'p' }
  test('holds the key of a service account', () =>
    expect(read({ serviceAccountKey: JSON.stringify(key) })).toEqual({
      value: { serviceAccountKey: { client_email: 'a@b', private_key: 'k' } },
    }))
  test('may be none: then the controller has credentials of its own', () => expect(read({})).toEqual({ value: {} }))
  test.each([
    ['a typo', { serviceaccountkey: JSON.stringify(key) }],
    ['no JSON', { serviceAccountKey: 'AIza' }],
    ['half a key', { serviceAccountKey: JSON.stringify({ ...key, private_key: undefined }) }],
    ['credentials that name a program to run', { serviceAccountKey: JSON.stringify({ ...key, type: 'external_account' }) }],
  ])('that holds %s is refused, and not taken for none', (_, entries) => expect(read(entries)).toHaveProperty('issues'))
})
