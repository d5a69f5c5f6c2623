import { mostly, oneOf } from '../generate/chance.ts'
import type { Fields } from '../script.ts'
import { type Subject, subject } from './subject.ts'

/** PEM as base64, all with one key that was thrown away: of ann in the group people, of the kubelet of n1, and of a would-be root. */
const ofAnn =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIYk1JR0JBZ0VBTUI4eER6QU5CZ05WQkFvTUJuQmxiM0JzWlRFTU1Bb0dBMVVFQXd3RFlX' +
  'NXVNRmt3RXdZSApLb1pJemowQ0FRWUlLb1pJemowREFRY0RRZ0FFQ2p3a2EwM0FSOGEzMHFod2Vwais1bU9DT0t2Rm5Pc3RUQWZJCi95bUo0emRPQlI5bm83' +
  'T1d2eHhIYVFYWGh0M3IxZS9zaFRRT1FZR3BHcU1heDkrWmZxQUFNQW9HQ0NxR1NNNDkKQkFNQ0Ewa0FNRVlDSVFDNm9IZEhuTXJzMy9zV3p6RnhXS3BoVUgx' +
  'VWRJWnFpM1hMTCtNcWtvL0dMZ0loQUpkNApBWnJHL09QYnhWUHgxcWFENFY5RkN4MmJRTVRSbEhSNGtReWVseVpVCi0tLS0tRU5EIENFUlRJRklDQVRFIFJF' +
  'UVVFU1QtLS0tLQo='
const ofKubelet =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQkVqQ0J1QUlCQURBd01SVXdFd1lEVlFRS0RBeHplWE4wWlcwNmJtOWtaWE14RnpBVkJn' +
  'TlZCQU1NRG5ONQpjM1JsYlRwdWIyUmxPbTR4TUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowREFRY0RRZ0FFQ2p3a2EwM0FSOGEzCjBxaHdlcGorNW1PQ09L' +
  'dkZuT3N0VEFmSS95bUo0emRPQlI5bm83T1d2eHhIYVFYWGh0M3IxZS9zaFRRT1FZR3AKR3FNYXg5K1pmcUFtTUNRR0NTcUdTSWIzRFFFSkRqRVhNQlV3RXdZ' +
  'RFZSMFJCQXd3Q29JQ2JqR0hCQW9BQUFFdwpDZ1lJS29aSXpqMEVBd0lEU1FBd1JnSWhBTlpZaHZNcGFSWUVmQ2puSEU3U1RvVGZpMkVxSmdHVjBTNEpTcUd0' +
  'ClVuSk1BaUVBeTN6VjNCbTBmOGdPQTdjRGc5ZnZuVTR6ODNuYTFrdGwwS0NKczlQS0g5bz0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg=='
const ofRoot =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIaU1JR0tBZ0VBTUNneEZ6QVZCZ05WQkFvTURuTjVjM1JsYlRwdFlYTjBaWEp6TVEwd0N3' +
  'WURWUVFEREFSeQpiMjkwTUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowREFRY0RRZ0FFQ2p3a2EwM0FSOGEzMHFod2Vwais1bU9DCk9LdkZuT3N0VEFmSS95' +
  'bUo0emRPQlI5bm83T1d2eHhIYVFYWGh0M3IxZS9zaFRRT1FZR3BHcU1heDkrWmZxQUEKTUFvR0NDcUdTTTQ5QkFNQ0EwY0FNRVFDSUdmdm1KVVpUaEdzWFpw' +
  'YXU3VmdNU2NDOGt2ZWRUKzNsYUp4UzBqTApRbEpHQWlCTTYyenBJMGl2VThoWkNZUGs3MmZza0NFa013Mks0OTNHbDkzRkc2eWhXUT09Ci0tLS0tRU5EIENF' +
  'UlRJRklDQVRFIFJFUVVFU1QtLS0tLQo='
/** A certificate of ann's, signed by herself. */
const certificate =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJkRENDQVJtZ0F3SUJBZ0lVQ2llL2hUbDBvS3hoRkhFVkZ2YTdJN3dDa0Vrd0NnWUlLb1pJemowRUF3' +
  'SXcKRGpFTU1Bb0dBMVVFQXd3RFlXNXVNQ0FYRFRJMk1URXlOVEU1TlRnMU5Wb1lEekl4TWpZeE1UQXhNVGsxT0RVMQpXakFPTVF3d0NnWURWUVFEREFOaGJt' +
  'NHdXVEFUQmdjcWhrak9QUUlCQmdncWhrak9QUU1CQndOQ0FBUUtQQ1JyClRjQkh4cmZTcUhCNm1QN21ZNEk0cThXYzZ5MU1COGovS1luak4wNEZIMmVqczVh' +
  'L0hFZHBCZGVHM2V2VjcreUYKTkE1Qmdha2FveHJIMzVsK28xTXdVVEFkQmdOVkhRNEVGZ1FVNGJVanhjSGZPNG9GOXZrbEVDc3ZZRUtRcmg0dwpId1lEVlIw' +
  'akJCZ3dGb0FVNGJVanhjSGZPNG9GOXZrbEVDc3ZZRUtRcmg0d0R3WURWUjBUQVFIL0JBVXdBd0VCCi96QUtCZ2dxaGtqT1BRUURBZ05KQURCR0FpRUFrdkVP' +
  'b1JqOG8vL3Q3aTJ1S1NmeThCWWF6VjdkckxRNkNaeW0KdE9UQ0QwRUNJUURGbm11RDJUdWhRM1p3d1B6MG42dG5kTk9LeXc5M3R3WTdsQ0tkS2VIUDBnPT0K' +
  'LS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo='

const client = { request: ofAnn, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] }
const kubelet = {
  request: ofKubelet,
  signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
  usages: ['digital signature', 'client auth'],
}

/** With a time of its own: whether the server's is another one than before depends on the second in which it is asked. */
const condition = (type: string, rest: Fields = {}): Fields => ({
  type,
  status: 'True',
  reason: 'Test',
  message: 'said by a test',
  lastUpdateTime: '2020-01-01T00:00:00Z',
  ...rest,
})

export const certificateSigningRequest: Subject = subject({
  content: mostly(
    oneOf<Fields>(
      { spec: client },
      { spec: kubelet },
      { spec: { ...kubelet, signerName: 'kubernetes.io/kubelet-serving', usages: ['digital signature', 'server auth'] } },
      { spec: { ...client, signerName: 'example.test/signer', expirationSeconds: 3600, username: 'somebody', groups: ['else'] } },
    ),
    oneOf<Fields>(
      {},
      { spec: {} },
      { spec: { ...client, request: ofRoot } },
      { spec: { ...client, request: 'bm90aGluZw==' } },
      { spec: { ...client, request: '!' } },
      { spec: { ...client, usages: [] } },
      { spec: { ...client, usages: ['client auth', 'client auth', 'odd'] } },
      { spec: { ...client, signerName: 'nobody' } },
      { spec: { ...client, signerName: 'kubernetes.io/legacy-unknown' } },
      { spec: { ...client, signerName: 'Example.test/a/b_' } },
      { spec: { ...client, expirationSeconds: 10 } },
      { spec: client, status: { certificate, conditions: [condition('Approved')] } },
    ),
  ),
  edits: [
    { spec: { usages: ['server auth'] } },
    { spec: { signerName: 'example.test/other' } },
    { spec: { request: ofKubelet } },
    { spec: { unknown: 1 } },
    { status: { conditions: [condition('Approved')] } },
  ],
  status: [
    { certificate },
    { certificate: 'bm90aGluZw==' },
    { certificate: null },
    { conditions: [condition('Failed')] },
    { conditions: [condition('Approved')] },
    { conditions: [condition('Odd', { status: 'False' })], certificate },
  ],
})

/** What approvers say. */
export const verdicts: readonly Fields[] = [
  { conditions: [condition('Approved')] },
  { conditions: [condition('Approved', { reason: 'Again', lastUpdateTime: '2021-01-01T00:00:00Z' })] },
  { conditions: [condition('Denied')] },
  { conditions: [condition('Approved'), condition('Denied')] },
  { conditions: [condition('Approved'), condition('Approved')] },
  { conditions: [condition('Failed')] },
  { conditions: [condition('Approved', { status: 'False' })] },
  { conditions: [condition('', { status: '' })] },
  { conditions: [] },
  { conditions: [condition('Approved')], certificate },
]
