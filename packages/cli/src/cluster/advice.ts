import type { AnyResource } from '@kube-node/core/api'
import { apiVersionOf } from '@kube-node/core/api'
import type { ApiError } from '@kube-node/core/kube'

/** What a person can do about an answer that is no; empty where that is not known. */
export const adviceOn = ({ code }: ApiError): string =>
  code === 401 ? ' (check the user or token of the kubeconfig)' : code === 403 ? ' (grant it to the identity of the kubeconfig)' : ''

export const missingKinds = (resources: readonly AnyResource[]): string =>
  `the cluster does not know ${resources.map(({ kind }) => kind).join(' and ')} (${resources.map(apiVersionOf)[0] ?? ''}): ` +
  'install the CRDs with kube-node manifests | kubectl apply -f -'
