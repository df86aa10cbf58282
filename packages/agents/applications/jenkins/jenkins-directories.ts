import { isAbsolute, join } from "node:path";
import { readShellSettings } from "../configuration-files/shell-settings.ts";
import type { Host } from "../host.ts";
import { type Candidate, type Found, findPlace } from "../search.ts";
import { findServiceUnit, type ServiceUnit } from "../service/systemd-unit.ts";
import type { LocateRequest } from "../type.ts";

/** The file that makes a directory a home; the home of an agent has none. */
export const jenkinsConfigFile = "config.xml";

export interface JenkinsDirectories {
  home: Found;
  /** `jenkins.war`; undefined where it is not on this host. */
  war: Found | undefined;
  /** Where Jenkins may unpack it, with the manifest that tells its version. */
  unpacked: string[];
  /** The address at which it usually answers on this host. */
  usualUrl: string;
  isRunning: boolean;
}

const settingsFiles = ["/etc/default/jenkins", "/etc/sysconfig/jenkins"];
const usualHomes = ["/var/lib/jenkins", "/var/jenkins_home", "/home/jenkins/.jenkins"];
const usualWars = [
  "/usr/share/java/jenkins.war",
  "/usr/share/jenkins/jenkins.war",
  "/usr/lib/jenkins/jenkins.war",
  "/opt/jenkins/jenkins.war",
];
const optionVariables = ["JAVA_OPTS", "JENKINS_JAVA_OPTS", "JENKINS_JAVA_OPTIONS", "JAVA_ARGS"];

/** Something that starts Jenkins, and what it sets. */
interface Launcher {
  /** For messages: a unit file, a file of variables. */
  source: string;
  /** Java's options and the command line. */
  options: string;
  variable(name: string): string | undefined;
}

/**
 * Finds home and program. The home comes from the first of: configuration, running process, the service's unit with its
 * drop-ins, the agent's environment, the older files of variables, the vendor's default paths.
 */
export async function findJenkinsDirectories(request: LocateRequest): Promise<JenkinsDirectories> {
  const { name, settings, host } = request;
  const unit = await findServiceUnit(host, [name, "jenkins", "jenkins-lts"]);
  const running = (await host.processes()).filter(isJenkins);
  const launchers = [...unitLaunchers(unit), environmentLauncher(host), ...(await fileLaunchers(host))];
  const home = await findPlace({
    what: "the home of Jenkins",
    key: `applications.${name}.home`,
    candidates: [
      { path: settings.home, source: `applications.${name}.home` },
      ...runningCandidates(running),
      ...launchers.map(homeCandidate),
      ...usualHomes.map((path): Candidate => ({ path, source: "the vendor's default", isGuess: true })),
    ],
    check: (path) => checkHome(host, path),
  });
  const own = launchers.filter((launcher) => [undefined, home.path].includes(homeCandidate(launcher).path));
  const setting = (variable: string) => own.flatMap((launcher) => launcher.variable(variable) ?? [])[0];
  return {
    home,
    war: await findWar(request, own),
    unpacked: [setting("JENKINS_WEBROOT") ?? "", join(home.path, "war"), "/var/cache/jenkins/war"].filter(isAbsolute),
    usualUrl: `http://localhost:${setting("JENKINS_PORT") ?? setting("HTTP_PORT") ?? "8080"}${setting("JENKINS_PREFIX") ?? setting("PREFIX") ?? ""}`,
    isRunning: running.length > 0,
  };
}

function isJenkins([program = "", ...words]: readonly string[]): boolean {
  return /(?:^|\/)java$/.test(program) && words.some((word) => /(?:^|\/)jenkins[\w.-]*\.war$/.test(word));
}

// Of several, it is not known which one is meant.
function runningCandidates(running: readonly (readonly string[])[]): Candidate[] {
  const option = "-DJENKINS_HOME=";
  const homes = running.flatMap((words) => words.filter((word) => word.startsWith(option)));
  if (homes.length !== 1) return [];
  return homes.map((word) => ({ path: word.slice(option.length), source: `-DJENKINS_HOME of the running process` }));
}

function unitLaunchers(unit: ServiceUnit | undefined): Launcher[] {
  if (unit === undefined) return [];
  const { path, environment, command } = unit;
  const options = optionVariables.map((variable) => environment.get(variable) ?? "");
  return [
    {
      source: path,
      options: [...options, ...command].join(" "),
      variable: (variable) => environment.get(variable) || undefined,
    },
  ];
}

function environmentLauncher({ environment }: Host): Launcher {
  return { source: "the agent's environment", options: "", variable: (variable) => environment[variable] || undefined };
}

async function fileLaunchers(host: Host): Promise<Launcher[]> {
  const launchers: Launcher[] = [];
  for (const path of settingsFiles) {
    const text = await host.readText(path);
    if (text === undefined) continue;
    const settings = readShellSettings(text, new Map());
    const options = optionVariables.map((variable) => settings.variable(variable) ?? "");
    launchers.push({
      source: path,
      options: options.join(" "),
      variable: (variable) => settings.variable(variable) || undefined,
    });
  }
  return launchers;
}

// Jenkins itself takes the property first.
function homeCandidate({ source, options, variable }: Launcher): Candidate {
  const property = readShellSettings(options, new Map()).property("JENKINS_HOME");
  if (property?.value && property.unresolved === undefined)
    return { path: property.value, source: `-DJENKINS_HOME in ${source}` };
  return { path: variable("JENKINS_HOME"), source: `JENKINS_HOME in ${source}` };
}

async function checkHome(host: Host, path: string): Promise<string | undefined> {
  const kind = await host.kind(path);
  if (kind === undefined) return "does not exist";
  if (kind !== "directory") return "is no directory";
  return (await host.kind(join(path, jenkinsConfigFile))) === "file" ? undefined : `has no ${jenkinsConfigFile}`;
}

async function findWar({ name, settings, host }: LocateRequest, launchers: readonly Launcher[]) {
  const check = async (path: string) => ((await host.kind(path)) === "file" ? undefined : "no such file");
  const { install } = settings;
  if (install !== undefined) {
    const key = `applications.${name}.install`;
    const path = (await host.kind(install)) === "directory" ? join(install, "jenkins.war") : install;
    return findPlace({ what: "jenkins.war", key, candidates: [{ path, source: key }], check });
  }
  const named = launchers.flatMap(({ source, options, variable }): Found[] => {
    const paths = [variable("JENKINS_WAR"), /\S+\.war(?=\s|$)/.exec(options)?.[0]];
    return paths.flatMap((path) => (path !== undefined && isAbsolute(path) ? [{ path, source }] : []));
  });
  const usual = usualWars.map((path): Found => ({ path, source: "the vendor's default" }));
  for (const found of [...named, ...usual]) if ((await check(found.path)) === undefined) return found;
  return undefined;
}
