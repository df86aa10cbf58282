import { quoteForShell } from "@catapullt/core/shell-words";
import type { ToolEnvironment } from "../program.ts";

/**
 * What runs inside a container, by its `sh` alone (dash, bash and BusyBox are known to do) and programs that every image of a
 * DBMS has: env, sed, tr, mktemp, rm, sleep.
 */

/** The variable by whose value everything is found that one `exec` started. */
export const runVariable = "BACKUP_TOOLS_RUN";

/** The exit code of what could not be made ready; the tools have none of it. */
export const notReady = 125;

/**
 * Runs the program in `$@`. The first line of standard input is the secret, from `encodeSecret`: the program finds it as
 * `/dev/fd/3`, an open file (mode 0600) without a name, as on a host. What becomes of the rest of standard input:
 * `input`: it is the program's own. `lifeline`: nothing comes any more, and where it ends, the program is ended.
 */
export function runScript(standardInput: "input" | "lifeline", environment: ToolEnvironment): string {
  return `${adaptation(environment)}
umask 077
fail() { echo "backup-agent: $1" >&2; exit ${notReady}; }
IFS= read -r secret || fail 'standard input ended too early'
if [ -n "$secret" ]; then
  case $(command -v printf) in /*) fail 'this sh cannot take a password: printf is no part of it';; esac
  for directory in /dev/shm /tmp; do
    file=$(mktemp "$directory/.backup-tools-XXXXXX" 2>/dev/null) && break
  done
  [ -n "$file" ] || fail 'neither /dev/shm nor /tmp can be written to'
  exec 3<>"$file"
  rm -f "$file"
  printf "$secret" >&3 || fail 'the password could not be stored'
fi
${standardInput === "input" ? 'exec "$@"' : lifeline}`;
}

// The reader holds no output open, for which an `exec` would wait; `read` is the shell's own, so nothing outlives it.
const lifeline = `exec 4<&0 </dev/null
"$@" 4<&- &
tool=$!
{
  while read -r _; do :; done
  kill $tool
  for _ in 1 2 3 4 5; do sleep 1; kill -0 $tool || exit; done
  kill -KILL $tool
} <&4 3<&- >/dev/null 2>&1 &
reader=$!
wait $tool 2>/dev/null
status=$?
kill $reader 2>/dev/null
exit $status`;

/** Ends whatever was started with `$1` as the value of the run's variable, and waits until it is gone. */
export const endScript = `running() {
  for process in /proc/[0-9]*; do
    case " $(tr '\\000' ' ' <"$process/environ")" in *" ${runVariable}=$1 "*) echo "\${process#/proc/}";; esac
  done
} 2>/dev/null
for signal in TERM TERM TERM TERM TERM TERM TERM TERM TERM TERM KILL KILL KILL KILL KILL; do
  processes=$(running "$1")
  [ -n "$processes" ] || exit 0
  kill -$signal $processes 2>/dev/null
  sleep 0.2 2>/dev/null || sleep 1
done
[ -z "$(running "$1")" ]`;

/** What the answer of `findScript` begins with: the shell ran. */
export const findGreeting = "backup-agent";

/**
 * Prints a line for each program of the names in `$@`, in the order of names and directories: name, path, path with all links
 * followed, what it answers to `--version`, between tabs.
 */
export function findScript(directories: readonly string[], environment: ToolEnvironment): string {
  return `${adaptation(environment)}
echo ${findGreeting}
IFS=:
for name; do
  for directory in $PATH ${directories.join(" ")}; do
    path=$directory/$name
    case $path in /*) ;; *) continue;; esac
    [ -f "$path" ] && [ -x "$path" ] || continue
    target=$(readlink -f "$path") || target=$path
    printf '%s\\t%s\\t%s\\t%s\\n' "$name" "$path" "$target" "$("$path" --version </dev/null 2>/dev/null | tr '\\n\\t' '  ')"
  done
done
exit 0`;
}

/** A text as one line that `printf` turns into its bytes, whatever they are. */
export function encodeSecret(secret: string): string {
  return [...Buffer.from(secret)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}

function adaptation({ without, set }: ToolEnvironment): string {
  return [
    "for name in $(env | sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\1/p'); do",
    `  case $name in ${without.map((prefix) => `${prefix}*`).join("|")}) unset "$name";; esac`,
    "done",
    ...Object.entries(set).map(([name, value]) => `export ${name}=${quoteForShell(value)}`),
  ].join("\n");
}
