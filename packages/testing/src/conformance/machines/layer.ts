/**
 * Where the suite stands: right at the provider, or behind core's policy of calls, as controllers do (limits, timeouts,
 * scrubbed errors, the mirror).
 */
export type Layer = 'direct' | 'policy'
