import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readFileSync } from "node:fs";
import { finished } from "node:stream/promises";
import type { StandInContainer, StandInSettings } from "../container-runtime.ts";

const [settingsFile = "", log = "", ...args] = process.argv.slice(2);
const { runtime, containers, daemon = "well" } = JSON.parse(readFileSync(settingsFile, "utf8")) as StandInSettings;
appendFileSync(log, `${JSON.stringify({ args, environment: process.env })}\n`);

const { environment, isInteractive, name, command } = parseArguments();
const isDocker = runtime === "docker";
refuse();
await execute();

function parseArguments() {
  const rest = [...args];
  if (rest.shift() !== "exec") fail(1, `unknown command: ${runtime} ${args[0]}`);
  const variables: NodeJS.ProcessEnv = {};
  let interactive = false;
  while (rest[0]?.startsWith("-")) {
    const option = rest.shift() ?? "";
    if (["-i", "--interactive"].includes(option)) interactive = true;
    else if (["-e", "--env"].includes(option)) Object.assign(variables, variable(rest.shift() ?? ""));
    else fail(125, `unknown flag: ${option}`);
  }
  const [container = "", ...words] = rest;
  return { environment: variables, isInteractive: interactive, name: container, command: words };
}

// Without a value it is the caller's own, where that is set.
function variable(text: string): NodeJS.ProcessEnv {
  const [key = "", ...value] = text.split("=");
  if (value.length > 0) return { [key]: value.join("=") };
  return process.env[key] === undefined ? {} : { [key]: process.env[key] };
}

function refuse(): void {
  if (daemon === "down")
    fail(1, "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?");
  if (daemon === "denied") {
    fail(
      1,
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.47/containers/db/json": dial unix /var/run/docker.sock: connect: permission denied',
    );
  }
  const container = containers[name];
  if (container === undefined) {
    if (isDocker) fail(1, `Error response from daemon: No such container: ${name}`);
    fail(125, `Error: no container with name or ID "${name}" found: no such container`);
  }
  const [exitCode, message] = stateProblem(container.state) ?? [];
  if (exitCode !== undefined && message !== undefined) fail(exitCode, message);
}

function stateProblem(state: StandInContainer["state"]): [exitCode: number, message: string] | undefined {
  switch (state) {
    case "exited":
      return isDocker
        ? [1, "Error response from daemon: container 4f1c is not running"]
        : [255, "Error: can only create exec sessions on running containers: container state improper"];
    case "paused":
      return [1, `Error response from daemon: Container ${name} is paused, unpause the container before exec`];
    case "restarting":
      return [1, `Error response from daemon: Container ${name} is restarting, wait until the container is running`];
    case "without-shell":
      return [
        127,
        'OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in $PATH: unknown',
      ];
    default:
      return undefined;
  }
}

function fail(exitCode: number, message: string): never {
  console.error(message);
  process.exit(exitCode);
}

// Relays that go on reading when nobody listens any more, as the daemon does.
async function execute(): Promise<void> {
  const relay = (target: string) => `{ /bin/cat; exec /bin/cat >/dev/null; } >&${target} 2>/dev/null 3>&- 4>&-`;
  const run = 'setsid "$@" 3>&- 4>&-; echo $? >&3';
  const script = `{ { /bin/cat 3>&- 4>&- | { ${run}; } 2>&1 >&4 4>&- | ${relay("2")}; } 4>&1 | ${relay("1")}; }`;
  const inner = spawn("/bin/sh", ["-c", script, "daemon", ...command], {
    detached: true,
    env: { ...containers[name]?.environment, ...environment },
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  const [input, output, errors, status] = inner.stdio;
  input?.on("error", () => {}); // what runs may end before it has read all
  if (isInteractive && input) process.stdin.pipe(input as NodeJS.WritableStream);
  else input?.end();
  (output as NodeJS.ReadableStream).pipe(process.stdout);
  (errors as NodeJS.ReadableStream).pipe(process.stderr);
  const exitCode = once(status as NodeJS.ReadableStream, "data").then(([data]) => {
    input?.destroy(); // what is still to come has no reader
    return Number(data);
  });
  await Promise.all([exitCode, finished(output as NodeJS.ReadableStream), finished(errors as NodeJS.ReadableStream)]);
  // An exit would take with it what the pipes had no room for yet.
  await Promise.all([written(process.stdout), written(process.stderr)]);
  process.exit(await exitCode);
}

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}
