import type { Call } from '@kube-node/core/provider'
import { type Google, type GoogleOptions, type Question, openGoogle } from '@kube-node/provider-gce/google'
import { asGkeMeansIt } from './errors.ts'

/** The two services that a node pool lives in, and which cluster it is of. */
export interface Services {
  readonly project: string
  readonly location: string
  readonly cluster: string
  readonly compute: Google
  /** GKE. */
  readonly container: Google
}

export interface ServicesOptions extends Pick<Services, 'project' | 'location' | 'cluster'> {
  readonly urls: { readonly compute: string; readonly container: string }
  readonly key: GoogleOptions['key']
}

export const openServices = ({ urls, key, project, location, cluster }: ServicesOptions): Services => {
  const container = openGoogle({ url: urls.container, key })
  return {
    project,
    location,
    cluster,
    compute: openGoogle({ url: urls.compute, key }),
    container: {
      async ask<T>(operation: string, question: Question, call: Call): Promise<T> {
        try {
          return await container.ask<T>(operation, question, call)
        } catch (error) {
          throw asGkeMeansIt(error)
        }
      },
    },
  }
}

export const locationPath = ({ project, location }: Services): string => `projects/${project}/locations/${location}`
export const clusterPath = (services: Services): string => `${locationPath(services)}/clusters/${services.cluster}`
export const poolPath = (services: Services, name: string): string => `${clusterPath(services)}/nodePools/${encodeURIComponent(name)}`
