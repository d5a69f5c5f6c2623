import type { Json } from '../kube/index.ts'

/** Plain data of ours as it goes over the wire: members that are undefined are left out. */
export const asJson = (value: object): { readonly [key: string]: Json | undefined } => JSON.parse(JSON.stringify(value))
