import { OperationError } from "@catapullt/core/errors";
import {
  createRestClient,
  markRefusal,
  type RestAnswer,
  type RestRequestOptions,
  type RestServer,
  unexpectedAnswer,
} from "../../maintenance/rest-client.ts";

export interface BitbucketClient {
  /** Throws `consistency-failed` for anything but success. */
  send(method: "GET" | "POST" | "DELETE", path: string, headers?: RestRequestOptions["headers"]): Promise<RestAnswer>;
  /** `RUNNING`, `MAINTENANCE`, `STARTING` …: what anyone may ask. */
  state(): Promise<string>;
}

/** Speaks to Bitbucket as an administrator. */
export function createBitbucketClient(server: RestServer, signal: AbortSignal): BitbucketClient {
  const client = createRestClient(server, signal);
  return {
    async send(method, path, headers = {}) {
      const answer = await client.request(method, path, { headers });
      if (answer.status >= 200 && answer.status < 300) return answer;
      const failure = refused(server, answer);
      // A proxy answers like this too when it loses Bitbucket on the way.
      throw answer.status < 500 ? markRefusal(failure) : failure;
    },
    async state() {
      const { state } = (await client.request("GET", "/status", { isAnonymous: true })).body;
      if (typeof state === "string") return state;
      throw new OperationError("consistency-failed", `${server.url}/status says nothing of Bitbucket's state`, {
        hint: `is \`${server.key}.url\` the address of Bitbucket?`,
      });
    },
  };
}

function refused(server: RestServer, answer: RestAnswer): OperationError {
  const { url, user, key } = server;
  const { method, path, status } = answer;
  const what = `${method} ${url}${path}`;
  if (status === 401) {
    return new OperationError("consistency-failed", `Bitbucket refuses the user ${user} or the password (${what})`, {
      hint: `correct \`${key}.user\` and \`${key}.password\`; after several failures Bitbucket asks for a CAPTCHA: log in once in a browser`,
    });
  }
  if (status === 403) {
    return new OperationError("consistency-failed", `the user ${user} may not lock Bitbucket (${what})`, {
      hint: "give that user the global permission System admin",
    });
  }
  if (status === 409 && method === "POST") {
    return new OperationError(
      "consistency-failed",
      `Bitbucket is locked already, or being backed up by somebody else (${what})`,
      {
        hint: "wait until that is done; whoever locked it has the token that unlocks it, and a restart of Bitbucket unlocks it too",
      },
    );
  }
  return unexpectedAnswer(server, answer, describeErrors(answer));
}

// { "errors": [{ "message": "…" }] }
function describeErrors({ body: { errors } }: RestAnswer): string {
  if (!Array.isArray(errors)) return "";
  const messages = errors.flatMap((entry: unknown) =>
    typeof entry === "object" && entry !== null && "message" in entry ? [String(entry.message)] : [],
  );
  return messages.length === 0 ? "" : `: ${messages.join("; ")}`;
}
