import { type Owner, ProviderError, type Step } from '@kube-node/core/provider'
import { type Job, attend, busy } from './detached.ts'
import { redactor, reasonOf } from './errors.ts'
import { type Done, type Session, quoted } from './session.ts'

/** Who runs at the same time waits: a command whose answer was lost may still be at work. */
const inTurn = (folder: string, body: string): string =>
  [
    `set -eu`,
    `umask 077`,
    `mkdir -p ${quoted(folder)}`,
    `exec 9>${quoted(`${folder}/lock`)}`,
    `flock -w ${patienceS} 9 || { echo 'a command that was begun before is still at work on it'; exit ${busy}; }`,
    body,
  ].join('\n')

/** For how long who runs at the same time waits. Seconds. */
const patienceS = 30

const taken = 75
const ownerText = ({ cluster, claim, attempt }: Owner): string => `${cluster} ${claim} ${attempt}`
/** Shell: whether the host carries this claim's mark. */
const isMarked = (folder: string, owner: Owner): string =>
  `[ "$(cat ${quoted(`${folder}/owner`)} 2>/dev/null)" = ${quoted(ownerText(owner))} ]`

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

/** The folder of what is known of steps, below the host's own. */
const stepsFolder = 'steps'
const cleaningJob = 'cleaning'
/** For how long its end is waited for at a time. Seconds. */
const cleaningPatienceS = 20

/**
 * Makes a host free again, unless it is another one's by now. A step that hangs does not keep it: it is ended with all that it has
 * started in its process group. @throws ProviderError `Internal` with the output of a command that failed; `Busy` while it goes on
 */
export const clean = (session: Session, folder: string, owner: Owner, commands: readonly string[]): Promise<void> =>
  cleanedBy(session, folder, owner, commands, { displaces: `${stepsFolder}/*` })

/** The same without the commands of the class. Ends a cleaning that is at work, too. */
export const release = (session: Session, folder: string, owner: Owner): Promise<void> =>
  cleanedBy(session, folder, owner, [], { displaces: '*', isAnew: true })

const cleanedBy = async (
  session: Session,
  folder: string,
  owner: Owner,
  commands: readonly string[],
  manner: Pick<Job, 'displaces' | 'isAnew'>,
): Promise<void> => {
  const announced = commands.map((command, i) => {
    const which = `command ${i + 1} of ${commands.length} of ssh.clean:`
    return `echo ${quoted(which)}\n/bin/sh -c ${quoted(command)} || exit`
  })
  const { exit, output } = await attend(session, folder, {
    name: cleaningJob,
    command: [cleaning, ...announced].join('\n'),
    // The mark comes last: what is left before is done again.
    removes: [stepsFolder, 'running', cleaningJob, `${cleaningJob}.log`, 'owner'],
    isDue: isMarked(folder, owner),
    otherwise: 'exit 0',
    patienceS: cleaningPatienceS,
    ...manner,
  })
  if (exit === busy) throw new ProviderError('Busy', `the host is still being cleaned: ${reasonOf(output)}`)
  if (exit !== 0) throw new ProviderError('Internal', `the host can't be cleaned: ${reasonOf(output)}`)
}

/**
 * Runs the steps that are not done yet, in their order; with an `owner` only while the host carries its mark.
 * @throws ProviderError `Internal` that tells which one failed, and its output without anything secret
 */
export const configure = async (session: Session, folder: string, owner: Owner | undefined, steps: readonly Step[]): Promise<void> => {
  const redact = redactor(steps.flatMap(secretsOf))
  const notes = quoted(`${folder}/${stepsFolder}`)
  // Of each there is a file that says 0 when it is done.
  const done = await session.run(`umask 077; mkdir -p ${notes} && cd ${notes} && { grep -lx 0 -- * 2>/dev/null || true; }`)
  if (done.exit !== 0) throw new ProviderError('Unavailable', `the host can't be configured: ${reasonOf(done.output)}`)
  const known = new Set(done.output.split(/\s+/))
  const isDue = owner ? isMarked(folder, owner) : 'true'
  for (const [index, step] of steps.entries()) {
    if (known.has(step.id)) continue
    const { exit, output } = await perform(session, folder, step, isDue)
    if (exit === 0) continue
    const what = 'file' in step.run ? `file ${step.run.file}` : 'a command'
    throw new ProviderError('Internal', `step ${index + 1} of ${steps.length} (${what}) ended with ${exit}: ${redact(reasonOf(output))}`)
  }
}

const perform = (session: Session, folder: string, { id, run }: Step, isDue: string): Promise<Done> => {
  const name = `${stepsFolder}/${id}`
  const otherwise = `echo "the host is not this claim's any more"; exit ${taken}`
  if ('command' in run) return attend(session, folder, { name, command: run.command, isDue, otherwise })
  const note = quoted(`${folder}/${name}`)
  const body = `${isDue} || { ${otherwise}; }\nif [ -e ${note} ]; then exit 0; fi\n${writing(run)}\necho 0 >${note}`
  return session.run(inTurn(folder, body), run.bytes)
}

const writing = ({ file, bytes, owner, mode }: Extract<Step['run'], { file: string }>): string => {
  const [whole, part] = [quoted(file), quoted(`${file}.kube-node`)]
  return [
    `(umask 022; mkdir -p "$(dirname ${whole})")`,
    `cat >${part}`,
    // A connection that breaks in the middle ends what is read, as if that were all.
    `[ "$(wc -c <${part})" -eq ${bytes.length} ] || { echo 'it did not arrive whole'; exit 74; }`,
    `chown ${quoted(owner)} ${part}`,
    `chmod ${quoted(mode)} ${part}`,
    `mv ${part} ${whole}`,
  ].join('\n')
}

const bootstrapToken = /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g

/** What no error may show: files that are for their owner alone, and bootstrap tokens wherever they stand. */
const secretsOf = ({ run }: Step): readonly string[] => {
  if ('command' in run) return run.command.match(bootstrapToken) ?? []
  const text = Buffer.from(run.bytes).toString()
  return run.mode.endsWith('00') ? [text, ...(text.match(bootstrapToken) ?? [])] : (text.match(bootstrapToken) ?? [])
}
