import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { startHttpStandIn } from "@catapullt/testkit/http-stand-in";
import { type PrivateHost, startPrivateHost } from "@catapullt/testkit/private-host";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { readCodeBlocks } from "./document.ts";
import { path } from "./lost-host.ts";

let host: PrivateHost;

beforeAll(async () => {
  host = await startPrivateHost();
  mkdirSync(join(host.root, "etc/backup-tools"));
});

afterAll(() => host?.stop());

/** The commands of a page, which must be in as many blocks as are expected. */
function commandsOf(page: string, blocks = 1): string[] {
  const commands = readCodeBlocks(page).flatMap(({ language, content }) => (language === "sh" ? [content] : []));
  expect(commands).toHaveLength(blocks);
  return commands;
}

async function run(command = "", environment: Record<string, string> = {}): Promise<string> {
  const result = await host.run(["sh", "-ec", command], { environment: { PATH: path, HOME: "/root", ...environment } });
  expect(result.exitCode, `${command}\n${result.stdout}${result.stderr}`).toBe(0);
  return result.stdout;
}

function writeProgram(name: string, script: string): void {
  const file = join(host.root, "opt/stand-ins", name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, script);
  chmodSync(file, 0o755);
}

function configure(...transports: string[]): void {
  const list = transports.map((entry) => entry.replace(/^(?=.)/gm, "  ")).join("");
  const file = join(host.root, "etc/backup-tools/notify.yaml");
  rmSync(file, { force: true });
  writeFileSync(file, `transports:\n${list}`, { mode: 0o600 });
}

test("docs/how-to/transports/README.md: a webhook's address is put into a file, and tried", async () => {
  const service = await startHttpStandIn();
  onTestFinished(() => service.close());
  const [keepSecret, tryIt] = commandsOf("how-to/transports/README.md", 2);
  writeProgram("editor", `#!/bin/sh\necho ${service.origin}/services/T0/B0/secret > "$1"\n`);
  await run(keepSecret);
  configure("- { type: slack, url: { file: /etc/backup-tools/slack.url } }\n");
  const shown = await run(tryIt);
  expect(service.requests.map((request) => request.path)).toEqual(["/services/T0/B0/secret"]);
  expect(shown).not.toContain("/services/T0/B0/secret");
});

test("what docs/how-to/transports/ does with messages works: command.md, file.md and webhook.md", async () => {
  const service = await startHttpStandIn();
  onTestFinished(() => service.close());
  const [script = ""] = commandsOf("how-to/transports/command.md");
  writeProgram("tell-us", script);
  writeProgram("wall", "#!/bin/sh\ncat > /var/tmp/wall.txt\n");
  writeFileSync(join(host.root, "etc/backup-tools/webhook.secret"), "a secret of ours", { mode: 0o600 });
  const file = readCodeBlocks("how-to/transports/file.md").find(({ language }) => language === "yaml");
  configure(
    file?.content ?? "",
    "- { type: command, command: [/opt/stand-ins/tell-us] }\n",
    `- { type: webhook, url: "${service.origin}/new", secret: { file: /etc/backup-tools/webhook.secret } }\n`,
  );
  await run("notify --name good -- true");
  await run("notify --name bad -- false || true");

  expect(readFileSync(join(host.root, "var/tmp/wall.txt"), "utf8")).toMatch(/^\[backup\] FAILED bad on /);
  const [search] = commandsOf("how-to/transports/file.md");
  expect(await run(search)).toMatch(/^\d{4}-\S+Z \[backup\] FAILED bad on .*\n$/);
  const [request] = service.requests;
  writeFileSync(join(host.root, "srv/body.json"), request?.body ?? "");
  const [compare] = commandsOf("how-to/transports/webhook.md");
  const signature = await run(`cd /srv\n${compare}`, { SECRET: "a secret of ours" });
  expect(request?.headers["x-signature-256"]).toBe(`sha256=${signature.trim().split(" ").at(-1)}`);
});

test("docs/how-to/transports/smtp.md makes a key with which mails can be signed", async () => {
  const [makeKey] = commandsOf("how-to/transports/smtp.md");
  expect(await run(makeKey)).toMatch(/^MIIBIjANBgkqhkiG9w0BAQEF[\w+/]{300,}={0,2}\s*$/);
  const signed = readCodeBlocks("how-to/transports/smtp.md").filter(({ content }) => content.includes("dkim:"));
  configure(...signed.map(({ content }) => content));
  expect(await run("notify config check")).toContain("is valid");
});
