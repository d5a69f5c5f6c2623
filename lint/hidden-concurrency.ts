import { forbid } from './forbid.ts'
import type { Node, Rule } from './rule.ts'

/** Work that finishes on threads, or when a module happens to be loaded, finishes in another order each time. */
export const hiddenConcurrency: Rule = forbid(
  [
    {
      names: /^node:crypto\.(generateKey|generateKeyPair|generatePrime|checkPrime|hkdf|pbkdf2|scrypt|argon2|subtle)(\.|$)/,
      instead: 'use the synchronous form, or make it a port',
    },
    {
      names: /^node:zlib\.(?!(\w+Sync|constants|codes|crc32)(\.|$))/,
      instead: 'use the synchronous form (gzipSync), or make it a port',
    },
    { names: /^(Compression|Decompression)Stream$/, instead: 'use the synchronous forms of node:zlib' },
    { names: /^AbortSignal\.any$/, instead: 'it keeps every source alive as long as the longest: link signals by linkedAbort of runtime/' },
  ],
  context => ({
    ImportExpression(node: Node) {
      context.report({ node, message: 'import() while running takes an unknown time and changes the order of things: import statically' })
    },
  }),
)
