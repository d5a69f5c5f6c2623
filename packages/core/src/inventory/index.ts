export { type Connection, type ConnectionOptions, openConnection } from './connection.ts'
export type { Announcements } from './interruptions.ts'
export { backoffMs } from './backoff.ts'
export { type GroupsConnection } from './groupConnection.ts'
export type { GroupMirror } from './groupMirror.ts'
export { provesNothingMade, toProviderError } from './failure.ts'
export type { Inventory, InventoryChange, Listing, RefreshTimes } from './inventory.ts'
export { type Providers, type ProvidersOptions, createProviders } from './providers.ts'
export { type Checked, check } from './schema.ts'
export { readCredentials } from './credentials.ts'
export { type ProviderSession, type SessionOptions, createProviderSession } from './session.ts'
export { shareSession } from './shared.ts'
export {
  type GoodOffer,
  type NoOffer,
  type Offer,
  type OfferTemplate,
  anyOfferOf,
  controllerOf,
  groupOfferOf,
  offerOf,
  revisionOfOffer,
} from './offer.ts'
export { type Kept, keptOfferOf, offerIn } from './keptOffer.ts'
export { type LookOptions, listMachines } from './look.ts'
export { askAgainMs, elsewhereMs } from './stockouts.ts'
export { type Topic, createTopic } from './topic.ts'
