import { OperationError } from "@catapullt/core/errors";
import {
  createRestClient,
  markRefusal,
  type RestAnswer,
  type RestServer,
  unexpectedAnswer,
} from "../maintenance/rest-client.ts";

export interface JenkinsClient {
  /** Whether new builds are kept from beginning. */
  isQuiet(): Promise<boolean>;
  /** How many builds run; a pipeline that waits holds no executor and does not count. */
  countBuilds(): Promise<number>;
  quietDown(): Promise<void>;
  cancelQuietDown(): Promise<void>;
}

/** Speaks to Jenkins as an administrator. Everything throws `consistency-failed`. */
export function createJenkinsClient(server: RestServer, signal: AbortSignal): JenkinsClient {
  const client = createRestClient(server, signal);

  async function ask(path: string, name: string): Promise<unknown> {
    const answer = await client.request("GET", `${path}?tree=${name}`);
    if (answer.status !== 200) throw refused(server, answer);
    if (Object.hasOwn(answer.body, name)) return answer.body[name];
    throw new OperationError("consistency-failed", `the answer of Jenkins to ${path} has no ${name}`, {
      hint: `is \`${server.key}.url\` the address of Jenkins?`,
    });
  }

  const isQuiet = async () => (await ask("/api/json", "quietingDown")) === true;

  // Success leads back to the start page, as some refusals lead to the login: only the state tells them apart.
  async function change(path: string, isWanted: boolean): Promise<void> {
    const answer = await client.request("POST", path);
    if (answer.status >= 400) {
      const failure = refused(server, answer);
      throw answer.status < 500 ? markRefusal(failure) : failure;
    }
    if ((await isQuiet()) !== isWanted) throw unexpectedAnswer(server, answer, ", and nothing has changed");
  }

  return {
    isQuiet,
    countBuilds: async () => Number(await ask("/computer/api/json", "busyExecutors")),
    quietDown: () => change("/quietDown", true),
    cancelQuietDown: () => change("/cancelQuietDown", false),
  };
}

function refused(server: RestServer, answer: RestAnswer): OperationError {
  const { url, user, key } = server;
  const { method, path, status, text } = answer;
  const what = `${method} ${url}${path}`;
  if (status === 401) {
    return new OperationError("consistency-failed", `Jenkins refuses the user ${user} or the token (${what})`, {
      hint: `correct \`${key}.user\` and \`${key}.password\`: an API token is made under that user's Security settings`,
    });
  }
  if (status === 403 && /crumb/i.test(text)) {
    return new OperationError("consistency-failed", `Jenkins takes no password here, only an API token (${what})`, {
      hint: `make one under the Security settings of the user ${user}, and set \`${key}.password\` to it`,
    });
  }
  if (status === 403) {
    return new OperationError("consistency-failed", `the user ${user} may not do this in Jenkins (${what})`, {
      hint: "give that user the permission Overall/Administer, or Overall/Manage where there is one, with Overall/Read",
    });
  }
  return unexpectedAnswer(server, answer);
}
