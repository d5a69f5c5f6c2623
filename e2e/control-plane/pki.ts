import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Paths of PEM files. */
export interface Pki {
  /** Signs the serving certificate and, through kube-controller-manager, those of kubelets. */
  readonly caCertificate: string
  readonly caKey: string
  readonly caPem: string
  /** For 127.0.0.1, localhost and the names of the `kubernetes` service. */
  readonly servingCertificate: string
  readonly servingKey: string
  readonly serviceAccountPublicKey: string
  readonly serviceAccountPrivateKey: string
}

const DAYS = '7'

// Own sections instead of the machine's openssl.cnf, whose defaults differ between distributions.
const OPENSSL_CONFIG = `
[req]
distinguished_name = name
prompt = no
[name]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign, digitalSignature
subjectKeyIdentifier = hash
[serving]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1, DNS:localhost, DNS:kubernetes, DNS:kubernetes.default, DNS:kubernetes.default.svc, IP:10.0.0.1
`

async function openssl(args: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  try {
    signal?.throwIfAborted()
    await promisify(execFile)('openssl', args)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    throw new Error('the openssl program is needed to make certificates (Debian and Ubuntu: apt-get install openssl)', { cause: error })
  }
}

async function writeKeyPair(privateFile: string, publicFile?: string): Promise<void> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  await writeFile(privateFile, pair.privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 })
  if (publicFile !== undefined) await writeFile(publicFile, pair.publicKey.export({ type: 'spki', format: 'pem' }))
}

/** Makes a new certificate authority and what it signs, below `dir`. */
export async function writePki(dir: string, signal?: AbortSignal): Promise<Pki> {
  await mkdir(dir, { recursive: true })
  const at = (name: string): string => join(dir, name)
  const config = at('openssl.cnf')
  await writeFile(config, OPENSSL_CONFIG)

  await writeKeyPair(at('ca.key'))
  await writeKeyPair(at('serving.key'))
  await writeKeyPair(at('service-account.key'), at('service-account.pub'))

  const authority = ['req', '-x509', '-new', '-sha256', '-days', DAYS, '-config', config, '-extensions', 'ca', '-subj', '/CN=kube-node-e2e']
  await openssl([...authority, '-key', at('ca.key'), '-out', at('ca.crt')], signal)
  const request = ['req', '-new', '-sha256', '-config', config, '-subj', '/CN=kube-apiserver']
  await openssl([...request, '-key', at('serving.key'), '-out', at('serving.csr')], signal)
  const sign = ['x509', '-req', '-sha256', '-days', DAYS, '-set_serial', '2', '-extfile', config, '-extensions', 'serving']
  await openssl([...sign, '-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-in', at('serving.csr'), '-out', at('serving.crt')], signal)

  return {
    caCertificate: at('ca.crt'),
    caKey: at('ca.key'),
    caPem: await readFile(at('ca.crt'), 'utf8'),
    servingCertificate: at('serving.crt'),
    servingKey: at('serving.key'),
    serviceAccountPublicKey: at('service-account.pub'),
    serviceAccountPrivateKey: at('service-account.key'),
  }
}
