import type { IncomingMessage } from 'node:http'

/** A request of the SDK's, as it came over the wire. */
export interface AwsRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** `RunInstances`, `GetParameter`. */
  readonly action: string
  /** What a form says; empty where the service speaks JSON. */
  readonly form: URLSearchParams
}

export interface AwsAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

export const readRequest = async (incoming: IncomingMessage): Promise<AwsRequest> => {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks).toString('utf8')
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]))
  const form = new URLSearchParams(headers['content-type']?.includes('form') ? body : '')
  const action = form.get('Action') ?? headers['x-amz-target']?.split('.').at(-1) ?? ''
  return { method: incoming.method ?? 'POST', path: incoming.url ?? '/', headers, body, action, form }
}

/** Headers of one connection alone, and the length, which may become another one. */
const ofThisHop: ReadonlySet<string> = new Set(['connection', 'content-length', 'host', 'transfer-encoding', 'expect'])

export const forward = async (to: string, { method, path, headers, body, form }: AwsRequest): Promise<AwsAnswer> => {
  const isForm = [...form.keys()].length > 0
  const response = await fetch(new URL(path, to), {
    method,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !ofThisHop.has(name))),
    body: isForm ? form.toString() : body,
  })
  return { status: response.status, contentType: response.headers.get('content-type') ?? 'text/xml', body: await response.text() }
}

/** What went wrong, as the two kinds of AWS services name it: those that speak forms and XML, and those that speak JSON. */
interface Failure {
  readonly status: number
  readonly code: string
  readonly message: string
}

/** EC2 has a dialect of its own; Auto Scaling and STS speak the query protocol; Systems Manager speaks JSON. */
type Dialect = 'ec2' | 'query' | 'json'

const dialectOf = ({ form }: AwsRequest): Dialect => {
  if (!form.has('Action')) return 'json'
  return form.get('Version') === '2016-11-15' ? 'ec2' : 'query'
}

/** An error as the service that was asked writes it ("Error codes for the Amazon EC2 API"; "Making API requests" of Systems Manager). */
export const failed = (request: AwsRequest, { status, code, message }: Failure): AwsAnswer => {
  const dialect = dialectOf(request)
  if (dialect === 'json') return { status, contentType: 'application/x-amz-json-1.1', body: JSON.stringify({ __type: code, message }) }
  const error = `<Code>${code}</Code><Message>${message}</Message>`
  const body =
    dialect === 'ec2'
      ? xml('Response', `<Errors><Error>${error}</Error></Errors>`, 'RequestID')
      : xml('ErrorResponse', `<Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type>${error}</Error>`, 'RequestId')
  return { status, contentType: 'text/xml;charset=UTF-8', body }
}

const throttling: Readonly<Record<Dialect, Failure>> = {
  ec2: { status: 503, code: 'RequestLimitExceeded', message: 'Request limit exceeded.' },
  query: { status: 400, code: 'Throttling', message: 'Rate exceeded' },
  json: { status: 400, code: 'ThrottlingException', message: 'Rate exceeded' },
}

/** Everybody says it in words of his own. */
export const throttled = (request: AwsRequest): AwsAnswer => failed(request, throttling[dialectOf(request)])

const invalidToken = 'The security token included in the request is invalid.'
const refusals: Readonly<Record<Dialect, Failure>> = {
  ec2: { status: 401, code: 'AuthFailure', message: 'AWS was not able to validate the provided access credentials' },
  query: { status: 403, code: 'InvalidClientTokenId', message: invalidToken },
  json: { status: 400, code: 'UnrecognizedClientException', message: invalidToken },
}

export const turnedAway = (request: AwsRequest): AwsAnswer => failed(request, refusals[dialectOf(request)])

const xml = (root: string, content: string, id: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${content}<${id}>59dbff89-35bd-4eac-99ed-be587EXAMPLE</${id}></${root}>`

/** What EC2 answers to DescribeInstances when it has nothing to show. */
export const nothingToShow: AwsAnswer = {
  status: 200,
  contentType: 'text/xml',
  body: `<?xml version="1.0" encoding="UTF-8"?>
<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
<requestId>fdcdcab1-ae5c-489e-9c33-4637c5dda355</requestId><reservationSet/></DescribeInstancesResponse>`,
}

/** What Systems Manager answers to GetParameter. */
export const parameterOf = (Name: string, Value: string): AwsAnswer => ({
  status: 200,
  contentType: 'application/x-amz-json-1.1',
  body: JSON.stringify({ Parameter: { Name, Value, Type: 'String', DataType: 'text' } }),
})
