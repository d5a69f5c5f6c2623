export { kubeconfigFor } from './kubeconfig.ts'
export { type Listener, listen } from './listener.ts'
