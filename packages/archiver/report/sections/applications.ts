import { formatBytes } from "@catapullt/core/units";
import { formatChange } from "../../history/figures.ts";
import { sparkline } from "../charts/sparkline.ts";
import type { PastBackup, ReportedApplication, ReportFacts } from "../facts.ts";
import { badge } from "../page/badge.ts";
import { html, type Markup } from "../page/markup.ts";
import { count, formatAge, formatSeconds, minuteOf } from "../page/words.ts";
import { severityOfApplication } from "../severity.ts";

/** How many backups a small chart shows. */
const recentCount = 30;

/** A row for each application, the worst first. */
export function renderApplications({ applications, now }: ReportFacts): Markup {
  const body =
    applications.length === 0
      ? html`<p class="empty">No backups are expected or here. Configure hosts and what is expected of them, then run <code>archiver pull</code>.</p>`
      : html`${filter(applications.length)}<div class="scroll"><table class="applications"><caption class="hidden">Applications, the worst first. Times are UTC, charts show the last ${recentCount} backups.</caption><thead><tr><th scope="col">State</th><th scope="col">Application</th><th scope="col" class="figures">Newest</th><th scope="col" class="figures">Size</th><th scope="col">Sizes</th><th scope="col" class="figures">Took</th><th scope="col">Durations</th><th scope="col" class="figures">Verified</th><th scope="col" class="figures">Proven</th></tr></thead><tbody>${applications.map((application, index) => row(application, { index, now }))}</tbody></table></div>`;
  return html`<section aria-labelledby="applications"><h2 id="applications">Applications</h2>${body}</section>`;
}

// Shown by the script only: without one it could do nothing.
function filter(number: number): Markup {
  return html`<div class="filter" hidden><label>Show only <input type="search" id="filter" placeholder="host, application, state …" autocomplete="off"></label> <span id="shown" role="status">${count(number, "application")}</span></div>`;
}

function row(application: ReportedApplication, { index, now }: { index: number; now: Date }): Markup {
  const { host, application: name, state, isExpected, newest, lastProof, backups } = application;
  const recent = backups.slice(-recentCount);
  const last = recent.at(-1);
  const word = state === "ok" && !isExpected ? "not expected" : state;
  return html`<tr><td>${badge(severityOfApplication(application), word)}</td><th scope="row"><a href="#a${index}"><bdi>${host}</bdi><span class="slash">/</span><bdi>${name}</bdi></a>${
    newest?.version === undefined ? undefined : html` <bdi class="version">${newest.version}</bdi>`
  }</th><td class="figures" data-title="newest">${age(newest?.time, now)}</td><td class="figures" data-title="size">${last === undefined ? "-" : formatBytes(last.bytes)}${change(recent)}</td><td class="chart-cell">${sizes(recent)}</td><td class="figures" data-title="took">${formatSeconds(last?.seconds)}</td><td class="chart-cell durations">${durations(recent)}</td><td class="figures" data-title="verified">${age(dateOf(newest?.verifiedAt), now)}</td><td class="figures" data-title="proven">${lastProof === undefined ? html`<span class="quiet">never</span>` : age(lastProof, now)}</td></tr>`;
}

function age(time: Date | undefined, now: Date): Markup {
  if (time === undefined) return html`<span class="quiet">-</span>`;
  return html`<time datetime="${time.toISOString()}" title="${minuteOf(time)} UTC">${formatAge(time, now)}</time>`;
}

function change(recent: readonly PastBackup[]): Markup | undefined {
  const [before, last] = recent.slice(-2);
  if (before === undefined || last === undefined) return undefined;
  return html` <span class="quiet">${formatChange(last.bytes, before.bytes)}</span>`;
}

function sizes(recent: readonly PastBackup[]): Markup {
  const points = recent.map(({ time, bytes }) => ({ time, value: bytes }));
  return sparkline(points, `sizes: ${spread(points, formatBytes)}`);
}

function durations(recent: readonly PastBackup[]): Markup {
  const points = recent.flatMap(({ time, seconds }) => (seconds === undefined ? [] : [{ time, value: seconds }]));
  return sparkline(points, `durations: ${spread(points, formatSeconds)}`);
}

/** `1.00 GB to 1.20 GB in the last 30 backups` */
export function spread(points: readonly { value: number }[], format: (value: number) => string): string {
  const values = points.map(({ value }) => value);
  const [least, most] = [
    values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    values.reduce((a, b) => Math.max(a, b), 0),
  ];
  if (values.length === 0) return "none";
  return `${format(least)} to ${format(most)} in ${count(values.length, "backup")}`;
}

function dateOf(moment: string | undefined): Date | undefined {
  return moment === undefined ? undefined : new Date(moment);
}
