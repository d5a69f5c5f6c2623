import { type Done, type Session, quoted } from './session.ts'

/**
 * A command that outlives the connection by which it was begun, and the controller: it is in a session of its own, its output in a file,
 * and whoever connects waits for its end. All of it is on the host, below `folder`:
 * - `NAME` says `?` from before it begins until it has ended, with what it ended then, and `told` when somebody was told so;
 * - `NAME.log` is what it has said;
 * - `running` is the process group of the one that is at work, and its name;
 * - `lock` is held while one is: when it is free, none is, however the last one ended.
 */
export interface Job {
  /** Its file, below the folder. */
  readonly name: string
  readonly command: string
  /** What is removed when it has ended well, below the folder. */
  readonly removes?: readonly string[]
  /** Shell: whether it is to be done, asked when nothing else is at work. */
  readonly isDue: string
  /** Shell: what comes of it when it is not. */
  readonly otherwise: string
  /** It is done whatever came of it before, told or not. */
  readonly isAnew?: boolean
  /** Which job at work is ended to make room, in a pattern of the shell. */
  readonly displaces?: string
  /** Seconds for which its end is waited for; absent: for as long as the connection lasts. */
  readonly patienceS?: number
}

/** What is answered for a job that is at work still. */
export const busy = 76

/** Its name and folder are arguments, so that it is known again by its command line. */
const runner = `
echo "$$ $1" >"$0/running" || exit 1
(umask 022; exec /bin/sh -c "$2") >>"$0/$1.log" 2>&1 9>&-
code=$?
if [ "$code" = 0 ] && [ -n "$3" ]; then cd "$0" && rm -rf $3; exit; fi
echo "$code" 1<>"$0/$1"
rm -f "$0/running"
`

/** Its log is of this size at most, whatever it says and for however long. */
const mostLogged = 1_000_000
const toldLines = 100
const lookEveryS = 5

/**
 * Runs it, or waits for the one that is at work. One that ended with 0 is not done again. One that ended badly is told once to whoever
 * comes, and done anew after that.
 */
export const attend = (session: Session, folder: string, job: Job): Promise<Done> => session.run(scriptOf(folder, job))

const scriptOf = (
  folder: string,
  { name, command, removes = [], isDue, otherwise, isAnew = false, displaces = "''", patienceS }: Job,
): string => `
set -eu
umask 077
folder=${quoted(folder)} name=${quoted(name)}
state="$folder/$name" log="$folder/$name.log"
mkdir -p "$(dirname "$state")"

due() { ${isDue}; }
make_room() {
  due && [ -e "$folder/running" ] && read -r pid job <"$folder/running" || return 0
  case "$job" in ${displaces}) ;; *) return 0 ;; esac
  # Its number may be somebody else's by now.
  grep -qaF -e "$folder" "/proc/$pid/cmdline" || return 0
  kill -s KILL -- "-$pid" || true
}
cut_log() {
  [ -e "$log" ] && [ "$(wc -c <"$log")" -gt ${mostLogged} ] || return 0
  tail -c ${mostLogged / 10} "$log" | sed 1d >"$log.cut"
  cat "$log.cut" >"$log"
  rm "$log.cut"
}
say() { if [ -e "$log" ]; then tail -n ${toldLines} "$log"; fi; }
await_turn() {
  waited=0
  until flock -w ${lookEveryS} 9; do
    [ $? = 1 ] || exit 1
    make_room 2>/dev/null
    cut_log 2>/dev/null
    waited=$((waited + ${lookEveryS}))
    ${patienceS === undefined ? '' : `[ "$waited" -lt ${patienceS} ] || { say; exit ${busy}; }`}
  done
}
begin() {
  # On a full disk it is not begun; and what is written is there to be written over.
  echo '?      ' | cat >"$state"
  : >"$log"
  setsid /bin/sh -c ${quoted(runner)} "$folder" "$name" ${quoted(command)} ${quoted(removes.join(' '))} >>"$log" 2>&1 </dev/null &
  # It alone holds the lock from now on.
  exec 9>&-
  exec 9>"$folder/lock"
  await_turn
}
look() { if [ -e "$state" ]; then read -r code told <"$state"; fi; }

exec 9>"$folder/lock"
others=
if ! flock -n 9; then
  others=yes
  make_room 2>/dev/null
  await_turn
fi
code= told=
due || { ${otherwise}; }
${isAnew ? 'rm -f "$state"' : ''}
look
case "$code" in
  0) exit 0 ;;
  '') begin ;;
  *) if [ -z "$others" ] && { [ "$code" = '?' ] || [ -n "$told" ]; }; then begin; fi ;;
esac
due || { ${otherwise}; }
look
if [ "$code" = 0 ]; then exit 0; fi
say
if [ "$code" = '?' ]; then echo 'it was stopped, or how it ended can not be noted'; exit 137; fi
echo "$code told" 1<>"$state"
exit "$code"
`
