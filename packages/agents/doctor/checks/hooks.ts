import { basename } from "node:path";
import type { Host } from "../../applications/host.ts";
import type { Hook } from "../../backup/hooks.ts";
import type { ApplicationSubject, Check } from "../check.ts";
import { type Finding, failure, ok } from "../finding.ts";

/** Commands of `hooks` exist and can be started; what they do is not tried. */
export const hooksCheck: Check<ApplicationSubject> = {
  name: "hooks",
  limit: 20_000,
  async look({ application, host }) {
    const { before, after } = application.settings.hooks;
    const all = [...before, ...after];
    const findings = await Promise.all(all.map((hook) => lookAtHook(hook, { host, application: application.name })));
    const problems = findings.filter((finding) => finding !== undefined);
    if (problems.length > 0 || all.length === 0) return problems;
    return [ok(`${all.length} ${all.length === 1 ? "command" : "commands"} found`)];
  },
};

async function lookAtHook(
  hook: Hook,
  { host, application }: { host: Host; application: string },
): Promise<Finding | undefined> {
  const fix = `correct \`applications.${application}.hooks\`, or install the program and make it executable (chmod +x)`;
  if (typeof hook !== "string") {
    const [program = ""] = hook;
    if ((await host.findProgram([program])) !== undefined) return undefined;
    return failure(`${program} is no program that this user can start`, fix);
  }
  const syntax = await host.run("/bin/sh", ["-n", "-c", hook]);
  if (syntax.exitCode !== 0) return failure(`the shell does not understand ${hook}: ${syntax.errorOutput.trim()}`, fix);
  const [, first] = /^\s*(?:[A-Za-z_]\w*=\S*\s+)*([\w@%+:,./-]+)(?=\s|;|$)/.exec(hook) ?? [];
  if (first === undefined) return undefined; // more than a simple command
  const found = await host.run("/bin/sh", ["-c", 'command -v -- "$1"', "sh", first]);
  return found.exitCode === 0 ? undefined : failure(`${basename(first)} of the hook ${hook} is not found`, fix);
}
