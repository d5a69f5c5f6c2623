import type { Parsed, Problem } from '../api/index.ts'
import { kubeadmJoin, kubeadmRejoin } from './kubeadm.ts'
import { type Join, kubeletJoin } from './kubelet.ts'
import { onceAnAttempt } from './once.ts'
import { type Complain, ownPart } from './own.ts'
import type { BootstrapInput, JoinPlan } from './plan.types.ts'
import { renderer } from './template.ts'

/** The kernel takes no longer one. */
const longestHostname = 64

/**
 * What to do on a machine so that it joins as the node of this claim: a function of its input alone, to the last byte.
 *
 * Users come first, then files, then the user's commands, then the join. So commands may still install what the join needs, and a
 * machine on which one of them fails never gets pods. A file of the user's takes the place of ours with the same path.
 *
 * Problems name their field (`spec.bootstrap.files[2].content`), and never show a token or the content of a Secret or ConfigMap.
 */
export const planBootstrap = (input: BootstrapInput): Parsed<JoinPlan> => {
  const problems: Problem[] = []
  const complain: Complain = (field, message) => problems.push({ path: `spec.bootstrap.${field}`, message })
  const own = ownPart(input, renderInto(input, complain), complain)
  const userPaths = own.files.map(file => file.path)
  const join = joinPart(input, userPaths, complain)
  const name = ownName(input)
  if (problems.length > 0) return { ok: false, problems }
  const plan: JoinPlan = {
    ...(join && name !== undefined && name.length <= longestHostname && { hostname: name }),
    users: own.users,
    files: [...(join?.files ?? []).filter(file => !userPaths.includes(file.path)), ...own.files],
    commands: join ? [...onceAnAttempt(own.commands, input.steps), ...join.commands] : own.commands,
  }
  return { ok: true, value: plan }
}

/** What the machine is to call itself; undefined where the cloud has the say. */
const ownName = ({ node, nodeNames }: BootstrapInput): string | undefined => (nodeNames === 'cloud' ? undefined : node.name)

const renderInto = (input: BootstrapInput, complain: Complain): ((template: string, field: string) => string) => {
  const { node, class: nodeClass, cluster } = input
  const render = renderer({
    node: { name: node.name, labels: node.labels ?? {} },
    class: { name: nodeClass.name, config: nodeClass.config ?? {} },
    ...(cluster.ok && { cluster: { ...cluster.value } }),
  })
  return (template, field) => {
    const result = render(template)
    if ('text' in result) return result.text
    const lacksCluster = !cluster.ok && /^cluster\b/.test(result.variable ?? '')
    complain(field, lacksCluster ? `needs to know the cluster, and ${told(cluster.problems)}` : result.problem)
    return ''
  }
}

const joinPart = (input: BootstrapInput, userPaths: readonly string[], complain: Complain): Join | undefined => {
  const { spec, cluster, token, steps } = input
  const type = spec.type ?? 'none'
  if (type === 'none') return undefined
  if (!cluster.ok) {
    complain('type', `${type} needs the cluster's address and authority, and ${told(cluster.problems)}`)
    return undefined
  }
  if (token === undefined) {
    complain('type', `${type} needs a bootstrap token, and none was made`)
    return undefined
  }
  if (type === 'kubelet') return kubeletJoin(ownName(input), cluster.value, token, userPaths)
  return (steps?.rejoins ? kubeadmRejoin : kubeadmJoin)(ownName(input), cluster.value, token, userPaths)
}

const told = (problems: readonly Problem[]): string => problems.map(({ path, message }) => `${path}: ${message}`).join('; ')
