import { type AwsAnswer, type AwsRequest, failed } from './wire.ts'

/** Is that instance terminated by now? */
export type IsTerminated = (id: string) => Promise<boolean>

/**
 * Client tokens as EC2 keeps them ("Ensuring idempotency in Amazon EC2 API requests"), which moto does not: a token that has made an
 * instance answers that instance to the same request, and refuses another one. Where a subnet or a zone is named, it is known in that
 * zone alone. A request that failed leaves no trace.
 */
export const clientTokens = (
  isTerminated: IsTerminated,
): ((request: AwsRequest, zone: string, run: () => Promise<AwsAnswer>) => Promise<AwsAnswer>) => {
  const made = new Map<string, { readonly asked: string; readonly answer: AwsAnswer }>()
  const underWay = new Map<string, Promise<unknown>>()

  const once = async (key: string, request: AwsRequest, run: () => Promise<AwsAnswer>): Promise<AwsAnswer> => {
    const asked = request.form.toString()
    const before = made.get(key)
    if (before && before.asked !== asked) {
      const message = 'The client token you have provided is associated with a different request.'
      return failed(request, { status: 400, code: 'IdempotentParameterMismatch', message })
    }
    if (before) {
      const id = /<instanceId>(i-[0-9a-f]+)</.exec(before.answer.body)?.[1] ?? ''
      if (!(await isTerminated(id))) return before.answer
      const message = `The instance ${id} that this token made has been terminated.`
      return failed(request, { status: 400, code: 'IdempotentInstanceTerminated', message })
    }
    const answer = await run()
    if (answer.status === 200) made.set(key, { asked, answer })
    return answer
  }

  return async (request, zone, run) => {
    const token = request.form.get('ClientToken')
    if (token === null) return run()
    const key = `${zone} ${token}`
    // Requests of one token at the same time wait for each other, as in EC2.
    const before = underWay.get(key) ?? Promise.resolve()
    const mine = before.then(() => once(key, request, run))
    underWay.set(key, Promise.allSettled([mine]))
    return mine
  }
}
