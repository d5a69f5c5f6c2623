import { createHash } from 'node:crypto'

/** One part of user data: cloud-init knows `text/cloud-config`, `text/x-shellscript` and some more, and so do other programs. */
export interface Part {
  readonly type: string
  readonly content: string | Uint8Array
}

/** Several parts as one MIME message. The same parts are the same bytes. */
export const multipart = (parts: readonly Part[]): string => {
  const bodies = parts.map(bodyOf)
  // No line of a body can be the hash of all of them.
  const boundary = `part-${createHash('sha256').update(JSON.stringify(bodies)).digest('hex').slice(0, 32)}`
  return [
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    'MIME-Version: 1.0',
    '',
    ...bodies.flatMap(body => [`--${boundary}`, ...body]),
    `--${boundary}--`,
    '',
  ].join('\n')
}

const lineLength = 76

/** Headers and body, line by line. What is not plain ASCII goes in base64: cloud-init garbles it otherwise. */
const bodyOf = ({ type, content }: Part): readonly string[] => {
  const bytes = Buffer.from(content)
  const text = bytes.toString('latin1')
  const plain = /^[\t\n\x20-\x7e]*$/.test(text)
  const body = plain ? text : (bytes.toString('base64').match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? []).join('\n')
  return [
    `Content-Type: ${type}${plain ? '; charset="us-ascii"' : type.startsWith('text/') ? '; charset="utf-8"' : ''}`,
    'MIME-Version: 1.0',
    `Content-Transfer-Encoding: ${plain ? '7bit' : 'base64'}`,
    '',
    // The line break before a boundary belongs to the boundary.
    body,
  ]
}
