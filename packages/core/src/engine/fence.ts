import type { Client } from '../kube/index.ts'

/**
 * A client that writes nothing once `fence` throws. A signal tells running code to end; this also stops code that a frozen
 * process resumes before its timers have fired. Reads pass.
 */
export const fencedClient = (client: Client, fence: () => void): Client => ({
  get: (resource, key, signal) => client.get(resource, key, signal),
  pages: (resource, options) => client.pages(resource, options),
  async create(resource, object, options) {
    fence()
    return client.create(resource, object, options)
  },
  async update(resource, object, options) {
    fence()
    return client.update(resource, object, options)
  },
  async patch(resource, key, patch, options) {
    fence()
    return client.patch(resource, key, patch, options)
  },
  async delete(resource, key, options) {
    fence()
    return client.delete(resource, key, options)
  },
  async evict(pod, options) {
    fence()
    return client.evict(pod, options)
  },
})
