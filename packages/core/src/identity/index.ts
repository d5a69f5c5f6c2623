export { type BootstrapToken, type NewToken, type TokenOwner, bootstrapGroup, newTokenId, newTokenSecret, tokenText } from './token.ts'
export { type Created, type Found, createToken, dropToken, extendToken, readToken } from './tokens.ts'
