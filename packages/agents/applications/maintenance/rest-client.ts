import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";

/** An application that answers over HTTP, and the account of an administrator of it. */
export interface RestServer {
  /** For messages: `Bitbucket`. */
  title: string;
  /** Without a slash at its end. */
  url: string;
  user: string;
  password: string;
  /** The agent's key for all of this, for messages: `applications.bitbucket.maintenance`. */
  key: string;
}

export interface RestAnswer {
  method: string;
  /** Without the query, which may hold a token. */
  path: string;
  status: number;
  headers: Headers;
  text: string;
  /** Empty where the answer is no JSON object. */
  body: Readonly<Record<string, unknown>>;
}

export interface RestRequestOptions {
  headers?: Record<string, string>;
  /** Whether it is asked without the account. */
  isAnonymous?: boolean;
}

export interface RestClient {
  /** The answer, whatever its status; redirections are not followed. Throws `consistency-failed` where there is none. */
  request(method: "GET" | "POST" | "DELETE", path: string, options?: RestRequestOptions): Promise<RestAnswer>;
}

const requestTimeout = 30_000;
const largestAnswer = 1024 * 1024;

const refusals = new WeakSet<OperationError>();

/** Whether it is certain, after this failure, that the application did not do what was asked. */
export function isRefusal(error: unknown): boolean {
  return error instanceof OperationError && refusals.has(error);
}

/** Remembers that after this failure it is certain that nothing was done. */
export function markRefusal(error: OperationError): OperationError {
  refusals.add(error);
  return error;
}

/** Speaks to an application as its administrator. Requests end with the signal, and by themselves after 30 seconds. */
export function createRestClient(server: RestServer, signal: AbortSignal): RestClient {
  const authorization = `Basic ${Buffer.from(`${server.user}:${server.password}`).toString("base64")}`;
  return {
    async request(method, path, { headers = {}, isAnonymous = false } = {}) {
      try {
        const response = await fetch(`${server.url}${path}`, {
          method,
          headers: {
            accept: "application/json",
            "content-type": "application/json",
            ...(isAnonymous ? {} : { authorization }),
            ...headers,
          },
          redirect: "manual",
          signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeout)]),
        });
        const text = await readBody(response, signal);
        const { status, headers: answered } = response;
        return { method, path: path.replace(/\?.*/, ""), status, headers: answered, text, body: parseObject(text) };
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw notReached(server, error);
      }
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

// Nothing was asked where there is no connection; whatever breaks later may have been done.
const unconnected = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"];

function notReached({ title, url, key }: RestServer, error: unknown): OperationError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const isCertificate =
    cause instanceof Error && "code" in cause && /CERT|SELF_SIGNED|UNABLE_TO_/.test(String(cause.code));
  const wasConnected = !isCertificate && !hasErrorCode(cause, ...unconnected);
  const reason =
    error instanceof Error && error.name === "TimeoutError" ? "no answer in 30 seconds" : errorMessage(cause);
  const failure = new OperationError("consistency-failed", `${title} at ${url} does not answer: ${reason}`, {
    hint: isCertificate
      ? "name the authority of its certificate: NODE_EXTRA_CA_CERTS=/path/ca.pem"
      : `is it running? \`${key}.url\` is the address at which it answers`,
    cause: error,
  });
  return wasConnected ? failure : markRefusal(failure);
}

/** The failure for an answer that nobody expects: a proxy, a wrong address, a fault of the application's. */
export function unexpectedAnswer(server: RestServer, answer: RestAnswer, detail = ""): OperationError {
  const { method, path, status, headers } = answer;
  const location = status >= 300 && status < 400 ? headers.get("location") : null;
  return new OperationError(
    "consistency-failed",
    `${server.title} answers ${status} to ${method} ${server.url}${path}${detail}`,
    {
      hint:
        location === null
          ? `is \`${server.key}.url\` the address of ${server.title} itself, past any proxy?`
          : `it leads to ${location}: set \`${server.key}.url\` to where that is`,
    },
  );
}
