/** Without `readonly` and without `undefined` among the values of optional keys, which zod adds and our interfaces do not have. */
type Plain<T> = T extends readonly (infer U)[]
  ? Plain<U>[]
  : T extends object
    ? { -readonly [K in keyof T]: Plain<Exclude<T[K], undefined>> }
    : T

type Same<A, B> = (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2 ? true : 'these types differ'

/** Compiles only when a schema takes exactly what the hand-written interface says: no field more, none less, none of another type. */
export const sameType = <A, B>(_proof: Same<A, B>): void => undefined
