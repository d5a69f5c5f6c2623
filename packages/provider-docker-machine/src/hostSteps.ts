import { type Owner, ProviderError, type Step } from '@kube-node/core/provider'
import { redactor, reasonOf } from './errors.ts'
import { type Session, quoted } from './session.ts'

/** Who runs at the same time waits: a command whose answer was lost may still be at work. */
const inTurn = (folder: string, body: string, whoIsThere = ''): string =>
  [
    `set -eu`,
    `umask 077`,
    `mkdir -p ${quoted(folder)}`,
    `exec 9>${quoted(`${folder}/lock`)}`,
    `if ! flock -n 9; then`,
    whoIsThere,
    `flock -w ${patienceS} 9 || { echo 'a command that was begun before is still at work on it'; exit ${busy}; }`,
    `fi`,
    body,
  ].join('\n')

/** For how long who runs at the same time waits. Seconds. */
const patienceS = 30
const busy = 76

const taken = 75
const ownerText = ({ cluster, claim, attempt }: Owner): string => `${cluster} ${claim} ${attempt}`

/**
 * Marks a host as this claim's, on the host itself: the last thing that keeps two clusters, or two classes with other Secrets, from using
 * one. @throws ProviderError `InvalidConfig` when it carries another one's mark; without an outcome when it may have been marked
 */
export const occupy = async (session: Session, folder: string, owner: Owner): Promise<void> => {
  const mark = quoted(`${folder}/owner`)
  // On a full disk there is the whole mark or none.
  const part = quoted(`${folder}/owner.part`)
  const body = `if [ -e ${mark} ] && [ "$(cat ${mark})" != ${quoted(ownerText(owner))} ]; then cat ${mark}; exit ${taken}; fi
echo ${quoted(ownerText(owner))} >${part}
mv ${part} ${mark}`
  const { exit, output } = await session.run(inTurn(folder, body))
  if (exit === 0) return
  if (exit === taken) {
    const [cluster, claim] = output.trim().split(' ')
    const why = `it serves claim ${claim} of cluster ${cluster}: ${folder}/owner on it says so`
    throw new ProviderError('InvalidConfig', `the host can't be given away: ${why}`, { outcome: 'none' })
  }
  throw new ProviderError('Unavailable', `the host can't be prepared: ${reasonOf(output)}`, { outcome: 'none' })
}

/** What a kubelet, its pods and its bootstrap leave. Each part is there or not: nothing of it fails. */
const cleaning = `
systemctl disable --now kubelet >/dev/null 2>&1 || true
if command -v kubeadm >/dev/null 2>&1; then kubeadm reset --force >/dev/null 2>&1 || true; fi
if command -v crictl >/dev/null 2>&1; then crictl rmp --force --all >/dev/null 2>&1 || true; fi
if [ -d /var/lib/kubelet ]; then
  awk '$2 ~ "^/var/lib/kubelet/" { print $2 }' /proc/mounts | sort -r | xargs -r umount -l || true
  rm -rf /var/lib/kubelet/pki /var/lib/kubelet/config.yaml /var/lib/kubelet/pods
fi
rm -rf /etc/kubernetes/kubelet.conf /etc/kubernetes/bootstrap-kubelet.conf /etc/systemd/system/kubelet.service.d/90-kube-node.conf
`

/** Makes a host free again, unless it is another one's by now. @throws ProviderError `Internal` with the output of a command that failed */
export const clean = async (session: Session, folder: string, owner: Owner, commands: readonly string[]): Promise<void> => {
  const mark = quoted(`${folder}/owner`)
  const mine = `[ "$(cat ${mark} 2>/dev/null)" = ${quoted(ownerText(owner))} ]`
  // A step that hangs must not keep the host for ever: it is ended with all that it has started in its process group.
  const running = quoted(`${folder}/running`)
  const stop = `if ${mine} && [ -e ${running} ]; then kill -s KILL -- "-$(cat ${running})" || true; fi`
  const work = [cleaning, ...commands.map(command => `/bin/sh -c ${quoted(command)} 9>&- </dev/null`)].join('\n')
  const { exit, output } = await session.run(
    inTurn(folder, `${mine} || exit 0\n${work}\nrm -rf ${quoted(`${folder}/steps`)} ${running} ${mark}`, stop),
  )
  if (exit !== 0) throw new ProviderError('Internal', `the host can't be cleaned: ${reasonOf(output)}`)
}

/**
 * Runs the steps that are not done yet, in their order. @throws ProviderError `Internal` that tells which one failed, and its output
 * without anything secret
 */
export const configure = async (session: Session, folder: string, steps: readonly Step[]): Promise<void> => {
  const redact = redactor(steps.flatMap(secretsOf))
  const done = await session.run(inTurn(folder, `mkdir -p ${quoted(`${folder}/steps`)}\nls ${quoted(`${folder}/steps`)}`))
  if (done.exit !== 0) throw new ProviderError('Unavailable', `the host can't be configured: ${reasonOf(done.output)}`)
  const known = new Set(done.output.split(/\s+/))
  for (const [index, step] of steps.entries()) {
    if (known.has(step.id)) continue
    const mark = quoted(`${folder}/steps/${step.id}`)
    const { exit, output } = await session.run(
      inTurn(folder, `if [ -e ${mark} ]; then exit 0; fi\n${bodyOf(folder, step)}\ntouch ${mark}`),
      'file' in step.run ? step.run.bytes : undefined,
    )
    if (exit === 0) continue
    const what = 'file' in step.run ? `file ${step.run.file}` : 'a command'
    throw new ProviderError('Internal', `step ${index + 1} of ${steps.length} (${what}) ended with ${exit}: ${redact(reasonOf(output))}`)
  }
}

const bodyOf = (folder: string, { run }: Step): string => {
  const running = quoted(`${folder}/running`)
  if ('command' in run) {
    return [
      // Its process group, for who must end it.
      `cut -d' ' -f5 /proc/self/stat >${running}`,
      `trap ${quoted(`rm -f ${running}`)} EXIT`,
      `umask 022`,
      // It must not wait for the lock that we hold, nor hold it on in a process that it leaves behind.
      `/bin/sh -c ${quoted(run.command)} 9>&- </dev/null`,
    ].join('\n')
  }
  const [file, part] = [quoted(run.file), quoted(`${run.file}.kube-node`)]
  return [
    `(umask 022; mkdir -p "$(dirname ${file})")`,
    `cat >${part}`,
    `chown ${quoted(run.owner)} ${part}`,
    `chmod ${quoted(run.mode)} ${part}`,
    `mv ${part} ${file}`,
  ].join('\n')
}

const bootstrapToken = /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g

/** What no error may show: files that are for their owner alone, and bootstrap tokens wherever they stand. */
const secretsOf = ({ run }: Step): readonly string[] => {
  if ('command' in run) return run.command.match(bootstrapToken) ?? []
  const text = Buffer.from(run.bytes).toString()
  return run.mode.endsWith('00') ? [text, ...(text.match(bootstrapToken) ?? [])] : (text.match(bootstrapToken) ?? [])
}
