import { describe, expect, it } from 'vitest'
import { oids, sequence } from '../x509/index.ts'
import { claim, machine, renewal, serving, verdictOf } from './facts.fixture.ts'
import { type RequestFacts, judge } from './judge.ts'
import { attribute, ec, extension, rsa } from './request.fixture.ts'

describe('a node that renews', () => {
  it.each<[string, RequestFacts]>([
    ['while its claim lives', renewal()],
    ['before its kubelet has posted status', renewal({}, {}, { node: claim() })],
    ['while it is drained', renewal({}, {}, { node: claim({ joined: true, metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }) })],
    ['without any token left', renewal({}, {}, { node: claim({ joined: true, without: ['token'] }) })],
  ])('is approved %s', (_how, facts) => {
    expect(verdictOf(facts)).toBe('approve ClientRenewal')
    expect(judge(facts)).not.toHaveProperty('bind')
  })

  it.each<[string, RequestFacts, string]>([
    ['as another node', renewal({ commonName: 'system:node:b' }), 'WrongSubject'],
    ['as an administrator', renewal({ organizations: ['system:masters'] }), 'WrongSubject'],
    ['to serve with it', renewal({}, { usages: ['digital signature', 'server auth'] }), 'WrongUsages'],
    ['with a name', renewal({ dns: ['a'] }), 'NamesNotAllowed'],
    ['signed by another key', renewal({ signer: ec() }), 'BadSignature'],
  ])('is refused %s', (_what, facts, reason) => {
    expect(verdictOf(facts)).toBe(`refuse ${reason}`)
  })
})

describe('a node that serves', () => {
  it.each<[string, RequestFacts]>([
    ['under its name and address', serving()],
    [
      'under all that its provider reports',
      serving({
        dns: ['a', 'ip-10-0-0-7', 'a.internal.example', 'A.example'],
        ips: [
          [10, 0, 0, 7],
          [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7],
        ],
      }),
    ],
    ['with RSA', serving({ keys: rsa() }, { usages: ['digital signature', 'key encipherment', 'server auth'] })],
    ['before it has posted status', serving({}, {}, { node: claim() })],
  ])('is approved %s', (_how, facts) => {
    expect(verdictOf(facts)).toBe('approve Serving')
  })

  it.each<[string, RequestFacts, string]>([
    ['under no name', serving({ dns: [], ips: [] }), 'NamesNotAllowed'],
    ['under a wildcard', serving({ dns: ['*'] }), 'NamesNotAllowed'],
    ['under a wildcard of its domain', serving({ dns: ['a', '*.example'] }), 'NamesNotAllowed'],
    [
      'under a wildcard that its provider reports',
      serving({ dns: ['*.example'] }, {}, { machine: { ...machine, addresses: [{ type: 'ExternalDNS', address: '*.example' }] } }),
      'NamesNotAllowed',
    ],
    ["under another node's name", serving({ dns: ['a', 'b'] }), 'NamesOfOthers'],
    [
      "under another machine's address",
      serving({
        ips: [
          [10, 0, 0, 7],
          [10, 0, 0, 8],
        ],
      }),
      'NamesOfOthers',
    ],
    ['under its address written as IPv6', serving({ ips: [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 7]] }), 'NamesOfOthers'],
    ['under its address written as a name', serving({ dns: ['10.0.0.7'] }), 'NamesOfOthers'],
    ['under half an address', serving({ ips: [[10, 0, 0]] }), 'NamesNotAllowed'],
    ['under a name that goes on after NUL', serving({ dns: ['a\0.example'] }), 'NamesNotAllowed'],
    ['under an empty name', serving({ dns: [''] }), 'NamesNotAllowed'],
    ['under an address of mail', serving({ names: [[0x81, 'a@example.test']] }), 'NamesNotAllowed'],
    ['under a URI', serving({ names: [[0x86, 'https://a']] }), 'NamesNotAllowed'],
    ['under a name of another kind', serving({ names: [[0x88, 'x']] }), 'NamesNotAllowed'],
    ['under a second list of names', serving({ extensions: [[oids.alternativeNames, sequence()]] }), 'UnexpectedContent'],
    [
      'under two lists of extensions',
      serving({ attributes: [attribute(oids.extensionRequest, sequence(extension(oids.alternativeNames, sequence())))] }),
      'UnexpectedContent',
    ],
    ['as another node', serving({ commonName: 'system:node:b' }), 'WrongSubject'],
    ['as an administrator', serving({ organizations: ['system:masters'] }), 'WrongSubject'],
    ['as a client', serving({}, { usages: ['digital signature', 'client auth'] }), 'WrongUsages'],
    ['as a client, too', serving({}, { usages: ['digital signature', 'server auth', 'client auth'] }), 'WrongUsages'],
    ['signed by another key', serving({ signer: ec() }), 'BadSignature'],
  ])('is refused %s', (_what, facts, reason) => {
    expect(verdictOf(facts)).toBe(`refuse ${reason}`)
  })

  it.each([
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
    'db.prod.svc',
    'localhost',
  ])('may be called %s, but not serve as that', name => {
    const facts = serving(
      { commonName: `system:node:${name}`, dns: [name], ips: [] },
      { username: `system:node:${name}` },
      { node: claim({ metadata: { name } }) },
    )
    expect(verdictOf(facts)).toBe('refuse NamesNotAllowed')
  })

  it.each<[string, Partial<RequestFacts>]>([
    ['does not show the machine', { machine: undefined }],
    ['reports no addresses', { machine: { ...machine, addresses: [] } }],
    [
      'shows it starting, with other addresses',
      { machine: { ...machine, state: 'starting', addresses: [{ type: 'Hostname', address: 'x' }] } },
    ],
    ['has not come to report any', { machine: (({ addresses: _, ...rest }) => rest)(machine) }],
    ['shows another machine', { machine: { ...machine, id: 'm-2' } }],
    [
      "shows another claim's machine",
      { machine: { ...machine, owner: { cluster: 'c', controller: 'c', claim: 'uid-b', nodeName: 'b', attempt: 1 } } },
    ],
    ['shows a machine that the record does not name', { node: claim({ joined: true, without: ['id'] }) }],
  ])('waits while its provider %s, whatever the kubelet has written', (_what, facts) => {
    const node = facts.node ?? claim({ joined: true })
    const written = { ...node, status: { ...node.status, addresses: [{ type: 'InternalIP' as const, address: '10.0.0.7' }] } }
    expect(verdictOf(serving({}, {}, { ...facts, node: written }))).toBe('wait AddressesUnknown')
  })
})
