import { type HttpAnswer, type HttpStandIn, type ReceivedRequest, startHttpStandIn } from "./http-stand-in.ts";

export interface JenkinsServerOptions {
  /** Builds that run, one number for each question; the last one stays. None if absent. */
  builds?: readonly number[] | undefined;
  /** Whether an administrator has quieted it before. */
  isQuiet?: boolean | undefined;
  /** What happens instead of the usual answer; the step is done all the same where `done` is called. */
  fault?: ((request: ReceivedRequest, done: () => HttpAnswer) => HttpAnswer | undefined) | undefined;
}

export interface JenkinsServer extends HttpStandIn {
  isQuiet(): boolean;
  /** Method and path of all requests. */
  steps(): string[];
}

export const jenkinsAdministrator = { user: "backup", password: "11pl4nted0token: s€cret'" } as const;

/** Stands in for the part of a running Jenkins that is quieted, tells of its builds, and goes on. */
export async function startJenkinsServer({
  builds = [0],
  isQuiet = false,
  fault = () => undefined,
}: JenkinsServerOptions = {}): Promise<JenkinsServer> {
  const state = { quiet: isQuiet, questions: 0 };
  const { user, password } = jenkinsAdministrator;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

  const routes: Record<string, () => HttpAnswer> = {
    "GET /api/json?tree=quietingDown": () => json({ _class: "hudson.model.Hudson", quietingDown: state.quiet }),
    "GET /computer/api/json?tree=busyExecutors": () => {
      const busyExecutors = builds[Math.min(state.questions, builds.length - 1)];
      state.questions += 1;
      return json({ _class: "hudson.model.ComputerSet", busyExecutors });
    },
    "POST /quietDown": () => {
      state.quiet = true;
      return startPage;
    },
    "POST /cancelQuietDown": () => {
      state.quiet = false;
      return startPage;
    },
  };

  function answer({ method, path, headers }: ReceivedRequest): HttpAnswer {
    if (headers.authorization !== authorization) return { status: 401, body: "<title>Error 401 Unauthorized</title>" };
    return routes[`${method} ${path}`]?.() ?? { status: 404, body: "<title>Error 404 Not Found</title>" };
  }

  const server = await startHttpStandIn({
    answer: (request) => fault(request, () => answer(request)) ?? answer(request),
  });
  return {
    ...server,
    isQuiet: () => state.quiet,
    steps: () => server.requests.map(({ method, path }) => `${method} ${path}`),
  };
}

const startPage: HttpAnswer = { status: 302, headers: { location: "." } };

function json(body: object): HttpAnswer {
  return {
    status: 200,
    headers: { "content-type": "application/json", "x-jenkins": "2.426.3" },
    body: JSON.stringify(body),
  };
}
