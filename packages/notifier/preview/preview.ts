import { writeFile } from "node:fs/promises";
import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { loadConfig } from "@catapullt/core/config/load";
import { didYouMean } from "@catapullt/core/config/suggestion";
import { errorMessage, OperationError } from "@catapullt/core/errors";
import { exitCodes } from "@catapullt/core/exit-codes";
import { escapeControlsInLines } from "@catapullt/core/printable";
import { formatBytes } from "@catapullt/core/units";
import { firstTransportHint, type NotifyConfig, notifyConfigDescription, notifyConfigSchema } from "../config.ts";
import { isWanted, type Recipient } from "../dispatch/recipients.ts";
import { rememberSecrets } from "../run/secrets.ts";
import { createTransport, type TransportSettings, transportTypes } from "../transports/registry.ts";
import type { TransportContext } from "../transports/transport.ts";
import { readReportedOutcome } from "./reported.ts";
import { createSample, type Sample, sampleOf } from "./samples.ts";
import type { SampleState } from "./states.ts";

export interface PreviewOptions {
  state?: SampleState;
  report?: string;
  transport?: string;
  html?: string;
}

interface ShownTransport {
  transport: string;
  type: string;
  text: string | undefined;
  html: string | undefined;
  /** Why it cannot be shown. */
  problem: OperationError | undefined;
}

/** Shows what each transport would send. Sends nothing. */
export async function preview(context: CommandContext, options: PreviewOptions): Promise<CommandResult> {
  const { environment, configFile, log } = context;
  const sample = await chooseSample(options);
  const { config } = await loadConfig(notifyConfigDescription, { file: configFile, environment });
  await rememberSecrets(config, environment);
  if (config.transports.length === 0)
    log.warn(`no transport is configured, so this is the mail that one would send\n${firstTransportHint}`);
  const transports = selectTransports(config, options.transport);
  const shown = await Promise.all(transports.map((settings) => show(settings, sample, context)));
  const written = options.html === undefined ? undefined : await writeHtml(options.html, shown);
  for (const { transport, problem } of shown) {
    if (problem === undefined) continue;
    const text = `${transport} cannot be shown: ${problem.message}`;
    log.error({ code: problem.code }, problem.hint === undefined ? text : `${text}\n${problem.hint}`);
  }
  return {
    text: shown.map((one) => describe(one, written)).join("\n"),
    json: shown.map(({ transport, type, text = null, html = null, problem }) => {
      return { transport, type, text, html, problem: problem?.message ?? null };
    }),
    exitCode: shown.some(({ problem }) => problem !== undefined) ? exitCodes.failed : exitCodes.done,
  };
}

async function chooseSample({ state, report }: PreviewOptions): Promise<Sample> {
  if (report === undefined) return createSample(state ?? "success");
  if (state === undefined) return sampleOf(await readReportedOutcome(report));
  throw new OperationError("usage-invalid", "--state and --report do not go together", {
    hint: "a report says itself how the run went; leave one of them out",
  });
}

function selectTransports(config: NotifyConfig, type: string | undefined): readonly TransportSettings[] {
  if (type !== undefined && !transportTypes.some((known) => known === type)) {
    throw new OperationError("usage-invalid", `--transport ${type}: no such type${didYouMean(type, transportTypes)}`, {
      hint: `expected one of ${transportTypes.join(", ")}`,
    });
  }
  const all = config.transports.length === 0 ? exampleTransports(config) : config.transports;
  const chosen = all.filter((settings) => type === undefined || settings.type === type);
  if (chosen.length > 0) return chosen;
  const types = [...new Set(all.map((settings) => settings.type))];
  throw new OperationError("usage-invalid", `--transport ${type}: no transport of this type is configured`, {
    hint: `those that are: ${types.join(", ")}`,
  });
}

function exampleTransports({ templates }: NotifyConfig): readonly TransportSettings[] {
  const mail = { type: "smtp", host: "mail.example.com", from: "backup@example.com", to: ["admin@example.com"] };
  return notifyConfigSchema().parse({ templates, transports: [mail] }).transports;
}

async function show(settings: TransportSettings, sample: Sample, context: TransportContext): Promise<ShownTransport> {
  const transport = await createTransport(settings);
  const shared = { transport: transport.name, type: settings.type };
  try {
    const { text, html } = await transport.preview(sample.message, context);
    const note = describeSelection({ identity: transport.name, settings }, sample);
    return { ...shared, text: note === undefined ? text : `${note}\n\n${text}`, html, problem: undefined };
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return { ...shared, text: undefined, html: undefined, problem: error };
  }
}

/** Says where the transport's own keys keep the message from being sent. */
function describeSelection(recipient: Recipient, { message, events }: Sample): string | undefined {
  if (isWanted(recipient, { kind: message.kind, events })) return undefined;
  const { on = [] } = recipient.settings;
  const reason =
    events.length === 0 ? "`digest` is off" : `it is a ${events.join(" and a ")}, \`on\` says ${on.join(", ")}`;
  return `(not sent this way: ${reason})`;
}

async function writeHtml(file: string, shown: readonly ShownTransport[]): Promise<string> {
  const mail = shown.find(({ html }) => html !== undefined);
  if (mail?.html === undefined) {
    throw new OperationError("usage-invalid", "--html: none of the transports that are shown sends HTML", {
      hint: "smtp and sendmail do, unless their templates give `text` alone",
    });
  }
  try {
    await writeFile(file, mail.html);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new OperationError("usage-invalid", `--html ${file} cannot be written: ${errorMessage(error)}`, {
      hint: "name a file in a directory that exists and that this user may write to",
    });
  }
  return `written to ${file}`;
}

function describe({ transport, text, html, problem }: ShownTransport, written: string | undefined): string {
  const title = `${transport}\n${"=".repeat(transport.length)}\n`;
  const body = text ?? `cannot be shown: ${problem?.message}`;
  const size = html === undefined ? "" : formatBytes(Buffer.byteLength(html));
  const page = size === "" ? "" : `\n(HTML: ${size}, ${written ?? "--html FILE writes it"})\n`;
  return escapeControlsInLines(`${title}${body}\n${page}`);
}
