import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { joinOf } from './join.ts'

/** The authority of nobody's cluster, whose key nobody kept. */
const pem = `-----BEGIN CERTIFICATE-----
MIIBhjCCAS2gAwIBAgIUVU6qxiPxRERyFK1Obn25PG0tFRcwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNa3ViZXJuZXRlcy1lYzAgFw0yNjExMjUxNjEyNDhaGA8yMTI2
MTEwMTE2MTI0OFowGDEWMBQGA1UEAwwNa3ViZXJuZXRlcy1lYzBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABNljuEttKUpLeodz4OtnPAmmEuoEDWh7K0oc2T3D7C3H
7ZeYbht0vHMKTr1VBkOfXiRHIfmJKDELTgzqOCCm4nujUzBRMB0GA1UdDgQWBBTZ
nux4zC2q3o2j4RAOk56ascv5ozAfBgNVHSMEGDAWgBTZnux4zC2q3o2j4RAOk56a
scv5ozAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIAtxKGJFgn+y
IIueDSQOC+dH0BzkUUQuWW6FIjIrulG+AiAMAEl3mAeDCbWmqODRdkTRTroJKemn
6XYE9HJp39208w==
-----END CERTIFICATE-----
`

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'kube-node-test-'))
  writeFileSync(join(cwd, 'ca.crt'), pem)
})
afterEach(() => rmSync(cwd, { recursive: true }))

it('what was said of the cluster is what machines are told', async () => {
  const flags = { clusterServer: 'https://10.0.0.1:6443', clusterCaFile: 'ca.crt', clusterDns: ['10.96.0.10', 'fd00::10'] }
  expect(await joinOf(flags, cwd)).toEqual({ server: 'https://10.0.0.1:6443', ca: pem, dns: ['10.96.0.10', 'fd00::10'] })
})

it('what was not said is left to the cluster itself', async () => {
  expect(await joinOf({}, cwd)).toBeUndefined()
  expect(await joinOf({ clusterServer: 'https://a:1' }, cwd)).toEqual({ server: 'https://a:1' })
})

it('an authority that machines could not use is refused at once', async () => {
  await expect(joinOf({ clusterCaFile: 'missing.crt' }, cwd)).rejects.toThrow(
    /^--cluster-ca-file .*missing\.crt can't be used: .*no such file/,
  )
  writeFileSync(join(cwd, 'key.pem'), '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n')
  await expect(joinOf({ clusterCaFile: 'key.pem' }, cwd)).rejects.toThrow("key.pem can't be used: holds no certificate in PEM")
})
