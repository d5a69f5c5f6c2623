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
  /** For 127.0.0.1, localhost, the names of the `kubernetes` service, and where machines reach it. */
  readonly servingCertificate: string
  readonly servingKey: string
  /** With these the API server speaks to kubelets. */
  readonly kubeletClientCertificate: string
  readonly kubeletClientKey: string
  readonly serviceAccountPublicKey: string
  readonly serviceAccountPrivateKey: string
}

const DAYS = '7'

// Own sections instead of the machine's openssl.cnf, whose defaults differ between distributions.
const opensslConfig = (gateway: string | undefined): string => `
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
subjectAltName = @names
[names]
IP.1 = 127.0.0.1
IP.2 = 10.0.0.1
${gateway === undefined ? '' : `IP.3 = ${gateway}`}
DNS.1 = localhost
DNS.2 = kubernetes
DNS.3 = kubernetes.default
DNS.4 = kubernetes.default.svc
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
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

/** Makes a new certificate authority and what it signs, below `dir`. `gateway`: an address of the API server besides those of loopback. */
export async function writePki(dir: string, gateway: string | undefined, signal?: AbortSignal): Promise<Pki> {
  await mkdir(dir, { recursive: true })
  const at = (name: string): string => join(dir, name)
  const config = at('openssl.cnf')
  await writeFile(config, opensslConfig(gateway))

  await writeKeyPair(at('ca.key'))
  await writeKeyPair(at('serving.key'))
  await writeKeyPair(at('kubelet-client.key'))
  await writeKeyPair(at('service-account.key'), at('service-account.pub'))

  const authority = ['req', '-x509', '-new', '-sha256', '-days', DAYS, '-config', config, '-extensions', 'ca', '-subj', '/CN=kube-node-e2e']
  await openssl([...authority, '-key', at('ca.key'), '-out', at('ca.crt')], signal)
  const sign = async (name: string, section: string, subject: string, serial: string): Promise<void> => {
    const request = ['req', '-new', '-sha256', '-config', config, '-subj', subject]
    await openssl([...request, '-key', at(`${name}.key`), '-out', at(`${name}.csr`)], signal)
    const signed = ['x509', '-req', '-sha256', '-days', DAYS, '-set_serial', serial, '-extfile', config, '-extensions', section]
    await openssl([...signed, '-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-in', at(`${name}.csr`), '-out', at(`${name}.crt`)], signal)
  }
  await sign('serving', 'serving', '/CN=kube-apiserver', '2')
  await sign('kubelet-client', 'client', '/O=system:masters/CN=kube-apiserver-kubelet-client', '3')

  return {
    caCertificate: at('ca.crt'),
    caKey: at('ca.key'),
    caPem: await readFile(at('ca.crt'), 'utf8'),
    servingCertificate: at('serving.crt'),
    servingKey: at('serving.key'),
    kubeletClientCertificate: at('kubelet-client.crt'),
    kubeletClientKey: at('kubelet-client.key'),
    serviceAccountPublicKey: at('service-account.pub'),
    serviceAccountPrivateKey: at('service-account.key'),
  }
}
