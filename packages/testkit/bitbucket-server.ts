import { type HttpAnswer, type HttpStandIn, type ReceivedRequest, startHttpStandIn } from "./http-stand-in.ts";

export interface BitbucketServerOptions {
  /** How many questions are answered before database and repositories are at rest; Infinity: they never are. */
  pollsUntilDrained?: number | undefined;
  /** What happens instead of the usual answer; the step is done all the same where `done` is called. */
  fault?: ((request: ReceivedRequest, done: () => HttpAnswer) => HttpAnswer | undefined) | undefined;
}

export interface BitbucketServer extends HttpStandIn {
  isLocked(): boolean;
  isBackingUp(): boolean;
  /** As after an end and a new start: nothing is locked any more. */
  restart(): void;
  /** Method and path of all requests, without the tokens in them. */
  steps(): string[];
}

export const bitbucketAdministrator = { user: "backup admin", password: "pl4nted: s€cret'" } as const;

const unlockToken = "0123456789abcdef0123456789abcdef01234567";
const cancelToken = "fedcba98-7654-3210-fedc-ba9876543210";

/** Stands in for the part of a running Bitbucket that locks it, drains it and unlocks it again. */
export async function startBitbucketServer({
  pollsUntilDrained = 2,
  fault = () => undefined,
}: BitbucketServerOptions = {}): Promise<BitbucketServer> {
  const state = { locked: false, backingUp: false, polls: 0 };

  const routes: Record<string, (request: ReceivedRequest, query: URLSearchParams) => HttpAnswer> = {
    "POST /mvc/maintenance/lock": () => {
      if (state.locked) return problem(409, "Bitbucket is locked for maintenance");
      state.locked = true;
      return json(202, { unlockToken, owner: { name: bitbucketAdministrator.user } });
    },
    "POST /mvc/admin/backups": ({ headers }, query) => {
      if (headers["x-atlassian-maintenance-token"] !== unlockToken || query.get("external") !== "true")
        return problem(409, "the token is wrong");
      Object.assign(state, { backingUp: true, polls: 0 });
      return json(202, { id: "1", cancelToken });
    },
    "GET /mvc/maintenance": ({ headers }) => {
      if (headers["x-atlassian-maintenance-token"] !== unlockToken) return problem(409, "the token is wrong");
      state.polls += 1;
      const drained = state.polls > pollsUntilDrained;
      return json(200, {
        task: { id: "1", type: "BACKUP", state: "RUNNING" },
        "db-state": drained ? "DRAINED" : "DRAINING",
        "scm-state": state.polls > pollsUntilDrained - 1 ? "DRAINED" : "DRAINING",
      });
    },
    "POST /mvc/admin/backups/progress/client": (_, query) => {
      if (query.get("token") !== unlockToken) return problem(409, "the token is wrong");
      if (query.get("percentage") === "100") state.backingUp = false;
      return json(200, {});
    },
    [`DELETE /mvc/admin/backups/${cancelToken}`]: () => {
      state.backingUp = false;
      return json(202, {});
    },
    "DELETE /mvc/maintenance/lock": (_, query) => {
      if (!state.locked) return problem(404, "Bitbucket is not locked");
      if (query.get("token") !== unlockToken) return problem(409, "the token is wrong");
      Object.assign(state, { locked: false, backingUp: false });
      return json(202, {});
    },
  };

  function answer(request: ReceivedRequest): HttpAnswer {
    const { pathname, searchParams } = new URL(request.path, "http://stand-in");
    if (request.method === "GET" && pathname === "/status")
      return json(200, { state: state.locked ? "MAINTENANCE" : "RUNNING" });
    if (request.headers.authorization !== authorization) return problem(401, "Authentication failed.");
    return routes[`${request.method} ${pathname}`]?.(request, searchParams) ?? problem(404, "there is no such page");
  }

  const server = await startHttpStandIn({
    answer: (request) => fault(request, () => answer(request)) ?? answer(request),
  });
  return {
    ...server,
    isLocked: () => state.locked,
    isBackingUp: () => state.backingUp,
    restart: () => void Object.assign(state, { locked: false, backingUp: false }),
    steps: () =>
      server.requests.map(({ method, path }) =>
        `${method} ${path}`.replaceAll(unlockToken, "UNLOCK").replaceAll(cancelToken, "CANCEL"),
      ),
  };
}

const { user, password } = bitbucketAdministrator;
const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

function json(status: number, body: object): HttpAnswer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

function problem(status: number, message: string): HttpAnswer {
  return json(status, { errors: [{ context: null, message, exceptionName: null }] });
}
