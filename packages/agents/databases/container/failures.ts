import { OperationError } from "@catapullt/core/errors";
import { describeOutcome } from "@catapullt/core/process/run";
import type { ProcessOutcome } from "@catapullt/core/process/start";
import type { ContainerAddress } from "../engine.ts";

interface Explanation {
  says: RegExp;
  code: "database-unreachable" | "tool-missing";
  message: string;
  hint: string;
}

/** What to do where a container lacks the programs of its DBMS. */
export const missingToolHint =
  "check that `container` is the database server's; an image without them needs its port published, and `host` and `port` instead of `container`";

const longestMessage = 400;

/** True where a container does not run any more, so that nothing can run in it. */
export function isGone({ errorOutput }: ProcessOutcome): boolean {
  return gone.test(errorOutput);
}

const unknown = /no such container|no container with name/i;
const stopped = /is not running|container state improper|stopped state|container that has stopped/i;
const gone = new RegExp(`${unknown.source}|${stopped.source}`, "i");

/** The error for an `exec` that did not come as far as the shell in the container. */
export function containerFailure(container: ContainerAddress, outcome: ProcessOutcome): OperationError {
  const { name, runtime } = container;
  const explanation = explanations(container).find(({ says }) => says.test(outcome.errorOutput));
  const said = outcome.errorOutput.trim().split("\n").slice(-3).join("; ");
  const details = `${runtime} exec: ${describeOutcome(outcome)}${said === "" ? "" : `: ${said.slice(-longestMessage)}`}`;
  return new OperationError(
    explanation?.code ?? "database-unreachable",
    `${explanation?.message ?? `container ${name} cannot be entered`} (${details})`,
    { hint: explanation?.hint ?? `try it by hand: ${runtime} exec ${name} sh -c true` },
  );
}

// Sources: the messages of docker 20 to 29 and podman 3 to 5. The first that matches counts.
function explanations({ name, runtime }: ContainerAddress): Explanation[] {
  const unreachable = { code: "database-unreachable" } as const;
  return [
    {
      ...unreachable,
      says: /permission denied.*(docker|podman)[\w ]*(daemon|api|\.sock)|\.sock.*permission denied/is,
      message: `this user may not use ${runtime}`,
      hint: "run the agent as root; membership in the group `docker` would do too, and is as powerful as root",
    },
    {
      ...unreachable,
      says: /cannot connect to|is the docker daemon running|failed to connect to the docker api|error during connect|connection refused/i,
      message: `${runtime} itself does not answer`,
      hint: `check that it runs: systemctl status ${runtime}; systemctl start ${runtime}`,
    },
    {
      ...unreachable,
      says: unknown,
      message: `${runtime} has no container ${name}`,
      hint:
        `check \`container\` against the names that \`${runtime} ps --all\` lists (Compose makes names such as wiki-db-1); ` +
        (runtime === "podman"
          ? "podman shows each user his own containers only: run the agent as the user who started it"
          : "where it is podman's, set `containerRuntime: podman`"),
    },
    {
      ...unreachable,
      says: /is paused/i,
      message: `container ${name} is paused`,
      hint: `run: ${runtime} unpause ${name}`,
    },
    {
      ...unreachable,
      says: /is restarting/i,
      message: `container ${name} starts over and over`,
      hint: `see why: ${runtime} logs --tail 50 ${name}`,
    },
    {
      ...unreachable,
      says: stopped,
      message: `container ${name} does not run`,
      hint: `run: ${runtime} start ${name}; where it does not stay up: ${runtime} logs --tail 50 ${name}`,
    },
    {
      code: "tool-missing",
      says: /executable file.*not found|no such file or directory/i,
      message: `container ${name} has no shell, \`sh\`, through which its programs could be run`,
      hint: "publish the server's port on this host, set `host` and `port` instead of `container`, and install the client programs here",
    },
  ];
}
