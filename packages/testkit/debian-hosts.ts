import { once } from "node:events";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { debianBase } from "./debian-base.ts";
import { createSshKey } from "./ssh-keys.ts";
import { systemProgram } from "./system-packages.ts";
import { createTemporaryDirectory } from "./temporary-directory.ts";

export interface DebianHost {
  name: string;
  /** Its address in the network that it shares with this machine and its like. */
  address: string;
  /** Its file system as this process sees it: `<root>/etc/cron.d`. */
  root: string;
  /** Runs a shell's script as root on the host; never rejects because of its exit code. */
  run(script: string): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }>;
}

export interface DebianHosts {
  /** By name. */
  hosts: Record<string, DebianHost>;
  /** This machine's address there. */
  address: string;
  /** A configuration for ssh with which root logs in at the hosts, by name, checking their keys. */
  sshConfigFile: string;
  /** Everything ends and is gone. Idempotent. */
  stop(): Promise<void>;
}

const bootLimit = 120_000;

// Where control groups may be mounted. Each host needs groups of its own, or one ends processes of another.
const hierarchies = ["/sys/fs/cgroup", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified"];

/**
 * Boots throwaway hosts, each a Debian of its own with systemd, cron and sshd, in a network that leads nowhere but to this
 * machine. What they write lies in memory and goes away with this process, however that ends. Needs root.
 */
export async function startDebianHosts(
  names: readonly string[],
  aliases: readonly string[] = [],
): Promise<DebianHosts> {
  const base = await debianBase();
  const directory = createTemporaryDirectory("hosts");
  const identity = await createSshKey(join(directory.path, "identity"));
  const sshConfigFile = join(directory.path, "ssh_config");
  const knownHostsFile = join(directory.path, "known_hosts");
  const place = join(directory.path, "roots");
  mkdirSync(place);

  const isolate = ["--mount", "--propagation", "private", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const keeper = execa(
    systemProgram("unshare"),
    [...isolate, "sh", "-ec", layersScript({ base, place, names, group: basename(directory.path) })],
    {
      stdio: ["pipe", "pipe", "inherit"],
      reject: false,
      cleanup: true,
    },
  );
  keeper.stdin.on("error", () => {}); // the keeper may be gone already
  const ended = keeper.then(() => {
    throw new Error("the throwaway hosts could not be set up; they need root, overlay file systems and systemd-nspawn");
  });
  ended.catch(() => {});
  const stop = async () => {
    keeper.stdin.end();
    await keeper;
    for (const hierarchy of hierarchies)
      await execa("find", [join(hierarchy, basename(directory.path)), "-depth", "-type", "d", "-delete"], {
        reject: false,
      });
    directory.remove();
  };
  try {
    await Promise.race([once(keeper.stdout, "data"), ended]);
    const pid = readFileSync(`/proc/${keeper.pid}/task/${keeper.pid}/children`, "utf8").trim();
    const network = await connectNetwork(pid);
    const address = `${network}.1`;
    const all = names.map((name, index) => ({
      name,
      address: `${network}.${index + 11}`,
      root: `/proc/${pid}/root${place}/${name}/root`,
    }));
    const hostsFile = [
      `127.0.0.1 localhost\n`,
      ...aliases.map((alias) => `${address} ${alias}\n`),
      ...all.map((host) => `${host.address} ${host.name}.example.com ${host.name}\n`),
    ];
    for (const host of all) {
      await prepare(host, { hostsFile: hostsFile.join(""), publicKey: identity.publicKey });
      const hostKey = readFileSync(join(host.root, "etc/ssh/ssh_host_ed25519_key.pub"), "utf8").trim();
      const called = `${host.name} ${host.name}.example.com`;
      appendFileSync(sshConfigFile, `Host ${called}\n  HostName ${host.address}\n  HostKeyAlias ${host.name}\n`);
      appendFileSync(knownHostsFile, `${host.name} ${hostKey}\n`);
    }
    appendFileSync(
      sshConfigFile,
      `Host *\n  User root\n  IdentityFile ${identity.file}\n  IdentitiesOnly yes\n  UserKnownHostsFile ${knownHostsFile}\n  BatchMode yes\n`,
    );
    keeper.stdin.write("boot\n");
    const hosts = all.map(
      (host): DebianHost => ({
        ...host,
        async run(script) {
          const result = await execa(systemProgram("ssh"), ["-F", sshConfigFile, host.name, script], {
            reject: false,
            stdin: "ignore",
            stripFinalNewline: false,
          });
          return { exitCode: result.exitCode, stdout: String(result.stdout), stderr: String(result.stderr) };
        },
      }),
    );
    await Promise.all(hosts.map((host) => Promise.race([waitUntilBooted(host), ended])));
    return { hosts: Object.fromEntries(hosts.map((host) => [host.name, host])), address, sshConfigFile, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Layers {
  base: string;
  /** Directory that all of this lies in. */
  place: string;
  names: readonly string[];
  /** The control group that all hosts' groups are in. */
  group: string;
}

// The first process of a namespace of processes: when it ends, the kernel ends all others, and mounts and network go with them.
function layersScript({ base, place, names, group }: Layers): string {
  const boot = "systemd-nspawn --quiet --register=no --keep-unit --network-bridge=lan --console=pipe";
  return `mount -t tmpfs tmpfs ${place}
    for name in ${names.join(" ")}; do
      mkdir -p ${place}/$name/upper ${place}/$name/work ${place}/$name/root
      mount -t overlay overlay -o lowerdir=${base},upperdir=${place}/$name/upper,workdir=${place}/$name/work ${place}/$name/root
    done
    ip link add lan type bridge
    ip link set lan up
    echo ready
    read -r _
    for name in ${names.join(" ")}; do
      (
        for hierarchy in ${hierarchies.join(" ")}; do
          test -e $hierarchy/cgroup.procs || continue
          mkdir -p $hierarchy/${group}/$name
          sh -c 'echo $PPID' > $hierarchy/${group}/$name/cgroup.procs
        done
        exec ${boot} --machine=$name --directory=${place}/$name/root --boot > ${place}/$name/console 2>&1 < /dev/null
      ) &
    done
    read -r _ || true`;
}

/** Connects this machine to the hosts' bridge, by the first network of those for tests (RFC 2544) that is free. */
async function connectNetwork(pid: string): Promise<string> {
  for (let number = 1; number < 255; number += 1) {
    const link = `hosts${number}`;
    const add = ["link", "add", link, "type", "veth", "peer", "name", "machine", "netns", pid];
    if ((await execa("ip", add, { reject: false })).exitCode !== 0 && number < 254) continue;
    const network = `198.18.${number}`;
    await execa("ip", ["address", "add", `${network}.1/24`, "dev", link]);
    await execa("ip", ["link", "set", link, "up"]);
    await execa("nsenter", ["--target", pid, "--net", "ip", "link", "set", "machine", "master", "lan", "up"]);
    return network;
  }
  throw new Error("there is no free network for throwaway hosts");
}

async function prepare(
  { name, address, root }: Pick<DebianHost, "name" | "address" | "root">,
  { hostsFile, publicKey }: { hostsFile: string; publicKey: string },
): Promise<void> {
  await execa("sh", ["-ec", 'rm -f "$0"/etc/ssh/ssh_host_*; ssh-keygen -A -f "$0"', root]);
  await execa("chroot", [root, "systemctl", "enable", "systemd-networkd"]);
  await execa("chroot", [root, "systemctl", "mask", "systemd-sysctl"]); // the kernel's settings are this machine's
  writeFileSync(join(root, "etc/hostname"), `${name}\n`);
  writeFileSync(join(root, "etc/hosts"), hostsFile);
  writeFileSync(join(root, "etc/machine-id"), "");
  writeFileSync(
    join(root, "etc/systemd/network/10-lan.network"),
    `[Match]\nName=host0\n[Network]\nAddress=${address}/24\n`,
  );
  mkdirSync(join(root, "root/.ssh"), { recursive: true, mode: 0o700 });
  writeFileSync(join(root, "root/.ssh/authorized_keys"), `${publicKey}\n`);
}

async function waitUntilBooted(host: DebianHost): Promise<void> {
  const limit = performance.now() + bootLimit;
  for (;;) {
    const { exitCode, stdout, stderr } = await host.run("systemctl is-system-running --wait || systemctl --failed");
    if (exitCode === 0 && stdout === "running\n") return;
    if (performance.now() > limit || stdout.startsWith("degraded"))
      throw new Error(`${host.name} did not boot:\n${stdout}${stderr}`);
    await delay(200);
  }
}
