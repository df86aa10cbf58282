import type { ErrorCode } from "@catapullt/core/error-codes";
import { errorMessage, OperationError } from "@catapullt/core/errors";

export interface SessionOptions {
  /** For messages: `backup@wiki01:22`. */
  location: string;
  /** Milliseconds without any answer after which the connection is given up. */
  stallTimeout: number;
  /** Cuts the connection. */
  destroy: () => void;
}

/** Requests over one connection: each ends when the answer comes, or with the connection, and none waits for ever. */
export interface Session {
  /** Sends a request by `send`, which gets the callback for its answer. Rejects with the server's own error, or with why the connection ended. */
  request<Answer>(send: (answer: (error: Error | null | undefined, value: Answer) => void) => void): Promise<Answer>;
  /** Ends all requests that wait for an answer, and any later one, with `reason`. The first reason stays. */
  lose(reason: Error): void;
  /** Milliseconds that the fastest answer took; 0 as long as there was none. */
  roundTrip(): number;
  stop(): void;
}

export function createSession({ location, stallTimeout, destroy }: SessionOptions): Session {
  const waiting = new Set<(reason: Error) => void>();
  let lost: Error | undefined;
  let answeredAt = performance.now();
  let fastest = Number.POSITIVE_INFINITY;

  const lose = (reason: Error) => {
    if (lost !== undefined) return;
    lost = reason;
    clearInterval(watchdog);
    for (const reject of waiting) reject(reason);
    waiting.clear();
    destroy();
  };
  const watchdog = setInterval(
    () => {
      if (waiting.size === 0 || performance.now() - answeredAt < stallTimeout) return;
      lose(connectionLost(`${location} has sent nothing for ${stallTimeout / 1000} s`));
    },
    Math.min(stallTimeout / 4, 5_000),
  );

  return {
    lose,
    roundTrip: () => (Number.isFinite(fastest) ? fastest : 0),
    stop: () => clearInterval(watchdog),
    request(send) {
      return new Promise((resolve, reject) => {
        if (lost !== undefined) return reject(lost);
        const askedAt = performance.now();
        if (waiting.size === 0) answeredAt = askedAt;
        waiting.add(reject);
        send((error, value) => {
          answeredAt = performance.now();
          fastest = Math.min(fastest, answeredAt - askedAt);
          if (!waiting.delete(reject)) return;
          if (!error) resolve(value);
          else if (statusCode(error) !== undefined) reject(error);
          else reject(connectionLost(`the connection to ${location} failed: ${error.message}`, error));
        });
      });
    },
  };
}

export function connectionLost(message: string, cause?: unknown): OperationError {
  return new OperationError("connection-lost", message, {
    hint: "what was transferred is kept, and the next run goes on from there",
    cause,
  });
}

const serverCodes: Partial<Record<number, { code: ErrorCode; text: string }>> = {
  2: { code: "transfer-failed", text: "it does not exist any more" },
  3: { code: "access-denied", text: "permission denied" },
};

/** What the server answers to a request about `subject`, as an error for the user; any other error stays what it is. */
export function serverError(error: unknown, subject: string): unknown {
  const status = statusCode(error);
  if (status === undefined) return error;
  const known = serverCodes[status];
  const text = known?.text ?? `the server answers ${JSON.stringify(errorMessage(error))}`;
  return new OperationError(known?.code ?? "transfer-failed", `${subject}: ${text}`, { cause: error });
}

/** The SFTP status of an error (draft-ietf-secsh-filexfer-02, 7), such as 2 for a file that does not exist. */
export function statusCode(error: unknown): number | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "number" ? error.code : undefined;
}

export const noSuchFile = 2;
export const permissionDenied = 3;
export const failure = 4;
export const operationUnsupported = 8;
export const endOfFile = 1;
