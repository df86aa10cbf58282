import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";

export interface BitbucketAccount {
  /** Without a slash at its end. */
  url: string;
  user: string;
  password: string;
  /** The agent's key for all of this, for messages: `applications.bitbucket.maintenance`. */
  key: string;
}

export interface Answer {
  path: string;
  /** Empty where the answer is no JSON object. */
  body: Readonly<Record<string, unknown>>;
}

export interface BitbucketClient {
  /** Throws `consistency-failed` for anything but success. */
  send(method: "GET" | "POST" | "DELETE", path: string, headers?: Record<string, string>): Promise<Answer>;
  /** `RUNNING`, `MAINTENANCE`, `STARTING` …: what anyone may ask. */
  state(): Promise<string>;
}

const requestTimeout = 30_000;
const largestAnswer = 1024 * 1024;

const refusals = new WeakSet<OperationError>();

/** Whether it is certain, after this failure, that Bitbucket did not do what was asked. */
export function isRefusal(error: unknown): boolean {
  return error instanceof OperationError && refusals.has(error);
}

/** Speaks to Bitbucket as an administrator. Requests end with the signal, and by themselves after 30 seconds. */
export function createBitbucketClient(account: BitbucketAccount, signal: AbortSignal): BitbucketClient {
  const { url, user, password, key } = account;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

  async function request(method: string, path: string, headers: Record<string, string>): Promise<Response> {
    try {
      return await fetch(`${url}${path}`, {
        method,
        headers: { accept: "application/json", "content-type": "application/json", ...headers },
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeout)]),
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw notReached(account, error);
    }
  }

  return {
    async send(method, path, headers = {}) {
      const response = await request(method, path, { authorization, ...headers });
      const text = await readBody(response, signal).catch((error: unknown) => {
        if (signal.aborted) throw signal.reason;
        throw notReached(account, error);
      });
      if (!response.ok) {
        const { status, headers: answered } = response;
        const failure = refused(account, { method, path, status, text, headers: answered });
        // A proxy answers like this too when it loses Bitbucket on the way.
        if (status < 500) refusals.add(failure);
        throw failure;
      }
      return { path: path.replace(/\?.*/, ""), body: parseObject(text) };
    },
    async state() {
      const response = await request("GET", "/status", {});
      const { state } = parseObject(await readBody(response, signal));
      if (typeof state === "string") return state;
      throw new OperationError("consistency-failed", `${url}/status says nothing of Bitbucket's state`, {
        hint: `is \`${key}.url\` the address of Bitbucket?`,
      });
    },
  };
}

async function readBody({ body }: Response, signal: AbortSignal): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    signal.throwIfAborted();
    size += chunk.length;
    if (size > largestAnswer) throw new Error("the answer has no end");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

// Nothing was asked of Bitbucket where there is no connection; whatever breaks later may have been done.
const unconnected = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"];

function notReached({ url, key }: BitbucketAccount, error: unknown): OperationError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const isCertificate =
    cause instanceof Error && "code" in cause && /CERT|SELF_SIGNED|UNABLE_TO_/.test(String(cause.code));
  const wasConnected = !isCertificate && !hasErrorCode(cause, ...unconnected);
  const reason =
    error instanceof Error && error.name === "TimeoutError" ? "no answer in 30 seconds" : errorMessage(cause);
  const failure = new OperationError("consistency-failed", `Bitbucket at ${url} does not answer: ${reason}`, {
    hint: isCertificate
      ? "name the authority of its certificate: NODE_EXTRA_CA_CERTS=/path/ca.pem"
      : `is it running? \`${key}.url\` is the address at which it answers`,
    cause: error,
  });
  if (!wasConnected) refusals.add(failure);
  return failure;
}

interface Refusal {
  method: string;
  path: string;
  status: number;
  text: string;
  headers: Headers;
}

function refused(
  { url, user, key }: BitbucketAccount,
  { method, path, status, text, headers }: Refusal,
): OperationError {
  const what = `${method} ${url}${path.replace(/\?.*/, "")}`;
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
  const location = status >= 300 && status < 400 ? headers.get("location") : null;
  const hint =
    location === null
      ? `is \`${key}.url\` the address of Bitbucket itself, past any proxy?`
      : `it leads to ${location}: set \`${key}.url\` to where that is`;
  return new OperationError("consistency-failed", `Bitbucket answers ${status} to ${what}${describeErrors(text)}`, {
    hint,
  });
}

// { "errors": [{ "message": "…" }] }
function describeErrors(text: string): string {
  const { errors } = parseObject(text);
  if (!Array.isArray(errors)) return "";
  const messages = errors.flatMap((entry: unknown) =>
    typeof entry === "object" && entry !== null && "message" in entry ? [String(entry.message)] : [],
  );
  return messages.length === 0 ? "" : `: ${messages.join("; ")}`;
}
