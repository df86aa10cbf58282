import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { createAwkwardAccounts, fillAwkwardDatabase } from "@catapullt/testkit/awkward-database";
import { installContainerRuntime, type StandIn } from "@catapullt/testkit/container-runtime";
import { databaseFingerprint } from "@catapullt/testkit/database-fingerprint";
import { startMariadb, type ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import { createTemporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { afterAll, beforeAll, vi } from "vitest";
import type { DatabaseSettings } from "../databases/engine.ts";
import { mysqlEngine } from "../databases/mysql/engine.ts";
import { commandLinesWith } from "./container-host.ts";
import { describeEngine } from "./engine-conformance.ts";

let source: ThrowawayMariadb;
let restored: ThrowawayMariadb;
let standIn: StandIn;
const directory = createTemporaryDirectory("container-engine");
const filled = "boxed ü`k.d_b%-- x";
const password = "p#a\"s's w\\ord;$ ü€ ";

beforeAll(async () => {
  const environment = { PATH: "/usr/bin:/bin", HOME: "/root" };
  standIn = installContainerRuntime(join(directory.path, "runtime"), {
    runtime: "podman",
    containers: {
      db: { environment },
      stopped: { environment, state: "exited" },
      bare: { environment: { PATH: withoutClients() } },
    },
  });
  vi.stubEnv("PATH", `${standIn.path}:/usr/bin:/bin`);
  [source, restored] = await Promise.all([startMariadb(), startMariadb()]);
  await createAwkwardAccounts(restored);
  for (const name of [filled, "empty"])
    await source.execute(`CREATE DATABASE \`${name.replaceAll("`", "``")}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  await fillAwkwardDatabase(source, filled);
  await source.createUser("backup", password, ["SELECT, SHOW VIEW, TRIGGER, EVENT ON *.*"]);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([source?.stop(), restored?.stop()]);
  directory.remove();
});

/** A PATH on which nothing is but what a shell needs. */
function withoutClients(): string {
  const path = join(directory.path, "few");
  mkdirSync(path);
  for (const name of ["sh", "env", "sed", "setsid", "cat"]) symlinkSync(`/usr/bin/${name}`, join(path, name));
  return path;
}

function settingsFor(name: string, rest: Partial<DatabaseSettings> = {}): DatabaseSettings {
  const container = { name: "db", runtime: "podman" } as const;
  return { engine: "mariadb", name, socket: source.socket, user: "backup", password, skip: [], container, ...rest };
}

describeEngine({
  title: "MariaDB in a container",
  engine: mysqlEngine,
  filled: async () => settingsFor(filled),
  empty: async () => settingsFor("empty"),
  async target({ name, container }) {
    await restored.execute(`DROP DATABASE IF EXISTS \`${name.replaceAll("`", "``")}\``);
    return { engine: "mariadb", name, socket: restored.socket, skip: [], container };
  },
  fingerprint: ({ name, socket }) => databaseFingerprint(socket === source.socket ? source : restored, name),
  runningTools: ({ name }) =>
    commandLinesWith("--defaults-file=/dev/fd/3").filter((line) => line.includes(name) && line.includes("fd/3")).length,
  refusals: [
    {
      title: "a wrong password",
      prepare: async () => ({ settings: settingsFor("empty", { password: "wrong-pass" }) }),
      code: "database-denied",
      message: /in container db, user backup: .*1045.*Access denied/,
      hint: /password/,
    },
    {
      title: "a container that does not run",
      prepare: async () => ({ settings: settingsFor("empty", { container: { name: "stopped", runtime: "podman" } }) }),
      code: "database-unreachable",
      message: /container stopped does not run \(podman exec: exit code 255/,
      hint: /podman start stopped/,
    },
    {
      title: "a container without the client programs",
      prepare: async () => ({ settings: settingsFor("empty", { container: { name: "bare", runtime: "podman" } }) }),
      code: "tool-missing",
      message: /neither mariadb nor mysql is installed in container bare/,
      hint: /`container` is the database server's.*`host` and `port`/,
    },
    {
      title: "to work where the runtime is missing",
      prepare: async () => ({ settings: settingsFor("empty"), environment: { PATH: "/usr/bin:/bin" } }),
      code: "tool-missing",
      message: /podman is not on PATH, by which container db is entered/,
      hint: /containerRuntime/,
    },
  ],
});
