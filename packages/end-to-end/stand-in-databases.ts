import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where the stand-ins lie on a host; to be put first on its PATH. */
export const standInDirectory = "/opt/stand-ins";

/**
 * `sqlcmd`, `expdp` and `impdp` as they behave towards a script: they take their statements and passwords as the real ones do, write
 * where the server would, and end with the real ones' codes. The data of the "servers" are files in `/srv/databases`, and a
 * file `/srv/databases/<tool>.fails` holds the code with which the tool is to end.
 */
export function installStandInDatabases(root: string): void {
  const directory = join(root, standInDirectory);
  mkdirSync(directory, { recursive: true });
  for (const [name, script] of Object.entries({ sqlcmd, expdp: dataPump("expdp"), impdp: dataPump("impdp") })) {
    writeFileSync(join(directory, name), script);
    chmodSync(join(directory, name), 0o755);
  }
}

// Without -b it ends with 0 whatever happens; a backup that fails leaves a part of its file.
const sqlcmd = `#!/bin/sh
data=/srv/databases
code=1
while [ $# -gt 0 ]; do
  case "$1" in
    -b) strict=1; shift ;;
    -S|-U) [ "$1" = -U ] && user=$2; shift 2 ;;
    -Q) query=$2; shift 2 ;;
    *) echo "Sqlcmd: '$1': Unexpected argument." >&2; exit 1 ;;
  esac
done
fail() { echo "Msg 3013, Level 16, State 1: $1"; [ -n "$strict" ] && exit "$code"; exit 0; }
[ "$SQLCMDPASSWORD" = "$(cat $data/$user.password)" ] || { echo "Login failed for user '$user'." >&2; exit 1; }
file=$(expr "$query" : ".*DISK = N'\\([^']*\\)'")
case "$query" in
  "BACKUP DATABASE [crm] TO DISK = "*" WITH COPY_ONLY, CHECKSUM, INIT")
    [ -e $data/sqlcmd.fails ] && { echo half > "$file"; fail "BACKUP DATABASE is terminating abnormally."; }
    { cat $data/crm; echo end; } > "$file" || fail "Cannot open backup device '$file'." ;;
  "RESTORE VERIFYONLY FROM DISK = "*" WITH CHECKSUM")
    [ "$(tail -n 1 "$file")" = end ] && [ ! -e $data/verify.fails ] || fail "The media family is incorrectly formed."
    echo "The backup set on file 1 is valid." ;;
  "RESTORE DATABASE [crm] FROM DISK = "*" WITH CHECKSUM")
    [ ! -e $data/crm ] || fail "The tail of the log for the database crm has not been backed up."
    head -n -1 "$file" > $data/crm || fail "Cannot open backup device '$file'." ;;
  *) fail "Incorrect syntax near '$query'." ;;
esac
`;

// Its user comes from the wallet that sqlnet.ora in TNS_ADMIN names; 5 means: done, with errors.
function dataPump(tool: "expdp" | "impdp"): string {
  const work =
    tool === "expdp"
      ? '[ "$flashback_time" = systimestamp ] && [ "$reuse_dumpfiles" = yes ] || exit 1\n{ cat $data/erp; echo end; } > "$place/$dumpfile" || exit 1'
      : '[ "$(tail -n 1 "$place/$dumpfile")" = end ] && [ ! -e $data/erp ] || exit 1\nhead -n -1 "$place/$dumpfile" > $data/erp || exit 1';
  return `#!/bin/sh
data=/srv/databases
[ "$(id -un)" = oracle ] || { echo "ORA-12578: TNS:wallet open failed" >&2; exit 1; }
[ -e "$TNS_ADMIN/sqlnet.ora" ] && [ "$1" = /@erp ] || { echo "ORA-01017: invalid username/password" >&2; exit 1; }
shift
for word; do case "$word" in schemas=ERP|directory=BACKUP_DUMP) ;; dumpfile=*|logfile=*|flashback_time=*|reuse_dumpfiles=*) eval "$word" ;; *) echo "LRM-00101: unknown parameter name '$word'" >&2; exit 1 ;; esac; done
place=/var/backups/erp-dump
echo log > "$place/$logfile" || exit 1
${work}
if [ -e $data/${tool}.fails ]; then echo 'ORA-31693: Table data object "ERP"."ITEM" failed to load/unload' >&2; exit "$(cat $data/${tool}.fails)"; fi
`;
}
