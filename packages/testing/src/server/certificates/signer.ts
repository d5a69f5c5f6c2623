import type { Context } from '../context.ts'
import { type Controller, type LocalClient, loop } from '../controllers/index.ts'
import { type StoredObject, at, textAt } from '../objects/index.ts'
import type { ResourceName } from '../storage/index.ts'
import { type CertificateAuthority, createAuthority } from './authority.ts'
import { type CertificateRequest, parseCertificateRequest } from './request.ts'
import { complaintOf, isKnownSigner } from './signers.ts'

const requests: ResourceName = { group: 'certificates.k8s.io', plural: 'certificatesigningrequests' }
const delayMs = 10
/** kube-controller-manager allows clocks to differ by so much. */
const backdatedMs = 5 * 60_000
/** `--cluster-signing-duration`: the most that it grants. */
const longestMs = 365 * 24 * 60 * 60_000

export interface CertificateSigner extends Controller {
  /** Made when somebody first needs it, so that a history without certificates draws nothing for them. */
  authority(): CertificateAuthority
}

/** Signs what was approved, as kube-controller-manager does for the signers of `kubernetes.io`. It approves nothing. */
export const certificateSigner = (context: Context, client: LocalClient): CertificateSigner => {
  const noted = new Set<string>()
  let made: CertificateAuthority | undefined
  const authority = (): CertificateAuthority => (made ??= createAuthority(context.runtime))

  const write = (csr: StoredObject, status: Readonly<Record<string, unknown>>): void => {
    const { name, resourceVersion, uid } = csr.metadata
    const path = `/apis/${requests.group}/v1/${requests.plural}/${encodeURIComponent(name)}/status`
    // If somebody was faster, his write has noted the request again.
    client.request('PATCH', path, { metadata: { uid, resourceVersion }, status })
  }

  const sign = (csr: StoredObject): void => {
    const signerName = textAt(csr, 'spec', 'signerName')
    const listed = at(csr, 'spec', 'usages')
    const usages = Array.isArray(listed) ? listed.map(String) : []
    const request = parsed(csr)
    const complaint = request === undefined ? 'the request cannot be read' : complaintOf(signerName, request, usages)
    if (request === undefined || complaint !== undefined) {
      const failed = { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message: complaint }
      write(csr, { conditions: [...conditionsOf(csr), failed] })
      return
    }
    const seconds = at(csr, 'spec', 'expirationSeconds')
    const now = context.runtime.clock.now()
    const lifeMs = typeof seconds === 'number' ? Math.min(seconds * 1_000, longestMs) : longestMs
    const pem = authority().sign(request, usages, now - backdatedMs, now + lifeMs)
    write(csr, { certificate: Buffer.from(pem).toString('base64') })
  }

  const work = loop(context, 'certificate signer', delayMs, () => {
    for (const name of noted) {
      noted.delete(name)
      const csr = context.storage.get(requests, undefined, name)
      if (csr !== undefined && isDue(csr)) sign(csr)
    }
    return false
  })

  return {
    authority,
    note: ({ group, plural }, { object, type }) => {
      if (group !== requests.group || plural !== requests.plural || type === 'DELETED' || !isDue(object)) return
      noted.add(object.metadata.name)
      work.wake()
    },
    close: work.close,
  }
}

const conditionsOf = (csr: StoredObject): readonly unknown[] => {
  const listed = at(csr, 'status', 'conditions')
  return Array.isArray(listed) ? listed : []
}

const isDue = (csr: StoredObject): boolean => {
  const has = (type: string): boolean => conditionsOf(csr).some(condition => textAt(condition, 'type') === type)
  return (
    has('Approved') &&
    !has('Denied') &&
    !has('Failed') &&
    textAt(csr, 'status', 'certificate') === '' &&
    isKnownSigner(textAt(csr, 'spec', 'signerName'))
  )
}

const parsed = (csr: StoredObject): CertificateRequest | undefined => {
  try {
    return parseCertificateRequest(Buffer.from(textAt(csr, 'spec', 'request'), 'base64').toString('latin1'))
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
