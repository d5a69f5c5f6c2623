import { generateKeyPairSync } from 'node:crypto'

/** Makes the key files of service accounts of a project, as `gcloud iam service-accounts keys create` writes them; they share one key. */
export const keyFiles = (project: string): ((account: string) => string) => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return account =>
    JSON.stringify({ type: 'service_account', client_email: `${account}@${project}.iam.gserviceaccount.com`, private_key: privateKey })
}
