import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeFiles } from "./write-files.ts";

export interface GitlabOptions {
  /** Where everything is built. */
  directory: string;
  version?: string | undefined;
}

export interface BuiltGitlab {
  install: string;
  configFile: string;
  backups: string;
  /** What happens at the next call of `gitlab-backup`, and at all later ones. */
  setFault(fault: GitlabFault): void;
  /** Command lines of all calls so far. */
  calls(): string[];
}

/**
 * `none`; a part that cannot be dumped (the file is made all the same); a disk that is full while it is packed; an end without
 * a file; a part that hangs, with a half file; one of another version, without repositories.
 */
export type GitlabFault = "none" | "part" | "space" | "nothing" | "hang" | "foreign";

/**
 * A GitLab with a stand-in for its `gitlab-backup`, which cannot be had here: it takes the options, writes the files, says the
 * lines and ends with the codes that the product's own code and documentation have.
 */
export function buildGitlab({ directory, version = "16.8.1" }: GitlabOptions): BuiltGitlab {
  const [install, backups, etc] = ["opt/gitlab", "backups", "etc/gitlab"].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  const [faultFile, callFile] = [join(directory, "fault"), join(directory, "calls")];
  mkdirSync(backups, { recursive: true });
  writeFiles(install, {
    "embedded/service/gitlab-rails/VERSION": `${version}\n`,
    "version-manifest.txt": `gitlab-ce ${version}\n\nComponent Installed Version\n`,
    "bin/gitlab-backup": gitlabBackup({ backups, version, faultFile, callFile }),
  });
  chmodSync(join(install, "bin/gitlab-backup"), 0o755);
  writeFiles(etc, {
    "gitlab.rb": `external_url 'https://git.example.com'\ngitlab_rails['backup_path'] = "${backups}"\n`,
    "gitlab-secrets.json": '{"gitlab_rails":{"db_key_base":"0123"}}\n',
    "trusted-certs/ca.crt": "certificate\n",
  });
  writeFiles(directory, { fault: "none", calls: "" });
  return {
    install,
    configFile: join(etc, "gitlab.rb"),
    backups,
    setFault: (fault) => writeFileSync(faultFile, fault),
    calls: () => readFileSync(callFile, "utf8").split("\n").slice(0, -1),
  };
}

interface ProgramOptions {
  backups: string;
  version: string;
  faultFile: string;
  callFile: string;
}

function gitlabBackup({ backups, version, faultFile, callFile }: ProgramOptions): string {
  return `#!/bin/sh
echo "gitlab-backup $*" >> '${callFile}'
[ "$1" = create ] || { echo "usage: gitlab-backup create|restore" >&2; exit 1; }
shift
for option; do export "$option"; done
fault=$(cat '${faultFile}')
version='${version}'
[ "$fault" = foreign ] && version=16.7.0
cd '${backups}' || exit 1
name=\${BACKUP:-$(date +%s)_$(date +%Y_%m_%d)_$version}
cleanup() {
  rm -rf db repositories uploads.tar.gz backup_information.yml tmp
  echo "Deleting tar staging files ... done"
  echo "Deleting backups/tmp ... done"
}
trap cleanup EXIT
trap 'exit 1' TERM INT
status=0
echo "Dumping database ... "
mkdir -p db repositories/@hashed/6b/86
if [ "$fault" = part ]; then
  echo "Dumping database failed: Failed to create compressed file '${backups}/db/database.sql.gz'"
  status=1
else
  echo "-- PostgreSQL database dump" | gzip > db/database.sql.gz
  echo "Dumping database ... done"
fi
echo "Dumping repositories ... "
echo bundle > repositories/@hashed/6b/86/1.bundle
echo "Dumping repositories ... done"
echo uploads | gzip > uploads.tar.gz
contents="backup_information.yml db repositories uploads.tar.gz"
skipped=\${SKIP:-}
[ "$fault" = foreign ] && { skipped="remote,repositories"; contents="backup_information.yml db uploads.tar.gz"; }
printf -- '---\\n:backup_id: %s\\n:db_version: 20240101\\n:gitlab_version: %s\\n:skipped: %s\\n' "$name" "$version" "$skipped" > backup_information.yml
file="\${name}_gitlab_backup.tar"
echo "Creating backup archive: $file ... "
if [ "$fault" = space ]; then
  echo half > "$file"
  echo "tar: -: Cannot write: No space left on device" >&2
  echo "Creating archive $file failed"
  echo "rake aborted!" >&2
  exit 1
fi
[ "$fault" = nothing ] && exit 0
if [ "$fault" = hang ]; then
  sleep 120 > /dev/null 2>&1 &
  echo half > "$file"
  wait
fi
tar -cf "$file" $contents
echo "Creating backup archive: $file ... done"
case ",$SKIP," in *,remote,*) echo "Uploading backup archive to remote storage ... [SKIPPED]" ;; esac
echo "Warning: Your gitlab.rb and gitlab-secrets.json files contain sensitive data"
echo "and are not included in this backup. You will need these files to restore a backup."
echo "Backup $name is done."
exit $status
`;
}
