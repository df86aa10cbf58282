import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { systemProgram } from "./system-packages.ts";

// A small Debian that boots, is reached over SSH, and runs jobs by cron or systemd.
const packages = ["systemd-sysv", "dbus", "openssh-server", "python3", "cron", "logrotate", "iproute2", "zstd"];
// There, but not started.
const servers = ["mariadb-server"];

/**
 * The directory of a Debian that is never changed: the layer below those of throwaway hosts. It is made once for this machine, of the
 * release and from the mirror that its own apt is configured for. Needs root.
 */
export async function debianBase(): Promise<string> {
  const suite = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  if (suite === undefined) throw new Error("/etc/os-release names no VERSION_CODENAME: which Debian is this?");
  const { uri, components } = await readMirror(suite);
  const recipe = createHash("sha1")
    .update([suite, uri, ...components, ...packages, ...servers].join(" "))
    .digest("hex");
  const base = join(tmpdir(), `backup-tools-debian-${suite}-${recipe.slice(0, 10)}`);
  if (existsSync(base)) return base;
  console.error(`making a ${suite} with debootstrap, once for this machine: ${base}`);
  const unfinished = mkdtempSync(`${base}.part-`);
  try {
    const choice = [
      "--variant=minbase",
      `--include=${[...packages, ...servers].join(",")}`,
      `--components=${components.join(",")}`,
    ];
    await execa(systemProgram("debootstrap"), [...choice, suite, unfinished, uri]);
    await execa("chroot", [unfinished, "systemctl", "disable", "mariadb"]);
    renameSync(unfinished, base);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(base)) throw error; // another process was first
  }
  return base;
}

/** Where apt gets this release's main packages from. */
async function readMirror(suite: string): Promise<{ uri: string; components: string[] }> {
  const format = ["--format", "$(REPO_URI)|$(RELEASE)|$(COMPONENT)"];
  const { stdout } = await execa("apt-get", ["indextargets", ...format, "Created-By: Packages"]);
  const sources = stdout.split("\n").map((line) => line.split("|"));
  const [uri] = sources.find(([, release, component]) => release === suite && component === "main") ?? [];
  if (uri === undefined) throw new Error(`apt has no source of ${suite}'s main packages`);
  const offered = sources
    .filter(([at, release]) => at === uri && release === suite)
    .map(([, , component]) => component);
  return { uri, components: ["main", "universe"].filter((component) => offered.includes(component)) };
}
