import { formatBytes } from "@catapullt/core/units";
import { thinOut } from "../charts/thin-out.ts";
import { timeChart } from "../charts/time-chart.ts";
import { createTimeline, type Timeline, timelineAxis, timelineRow } from "../charts/timeline.ts";
import type { KeptArchive, ReportedApplication, ReportFacts } from "../facts.ts";
import { html, type Markup } from "../page/markup.ts";
import { count, formatAge, formatSeconds, minuteOf } from "../page/words.ts";
import { spread } from "./applications.ts";

/** So many applications have their charts and archives on the page; of a thousand, all would take tens of megabytes. */
const detailed = 100;
const longestChart = 180;

/** Which archives are kept, on one axis for all; each application opens to its charts and its archives. */
export function renderRetention({ applications, now }: ReportFacts): Markup | undefined {
  const shown = applications.map((application, index) => ({ application, index }));
  const first = applications
    .flatMap(({ archives, backups }) => [archives.at(-1)?.time, backups[0]?.time])
    .reduce((earliest, time) => Math.min(earliest, time?.getTime() ?? earliest), now.getTime());
  if (first === now.getTime()) return undefined;
  const timeline = createTimeline(new Date(first), now);
  const note =
    applications.length <= detailed
      ? undefined
      : html`<p class="quiet">The first ${detailed} open to their charts and archives. Of others: <code>archiver report --html FILE HOST</code></p>`;
  return html`<section aria-labelledby="retention"><h2 id="retention">Kept archives</h2><p class="legend"><span class="key kept"></span> kept <span class="key leaving"></span> goes with the next prune <span class="key gone"></span> was here once</p>${note}<div class="card rows ${applications.length > detailed ? "many" : ""}"><div class="axis"><span></span>${timelineAxis(timeline)}<span></span></div>${shown.map(({ application, index }) => renderApplication(application, { index, timeline, now }))}</div></section>`;
}

interface Place {
  index: number;
  timeline: Timeline;
  now: Date;
}

function renderApplication(application: ReportedApplication, { index, timeline, now }: Place): Markup {
  const { host, application: name, archives } = application;
  const head = html`<span class="name"><bdi>${host}</bdi><span class="slash">/</span><bdi>${name}</bdi></span>${timelineOf(application, timeline)}<span class="held">${archives.length}</span>`;
  if (index >= detailed || application.backups.length + archives.length === 0)
    return html`<div class="row" id="a${index}">${head}</div>`;
  return html`<details id="a${index}"><summary class="row">${head}</summary><div class="details">${charts(application)}${archiveTable(application, now)}</div></details>`;
}

function timelineOf({ archives, backups, host, application }: ReportedApplication, timeline: Timeline): Markup {
  const times = (action: KeptArchive["action"]) =>
    archives.filter((archive) => archive.action === action).map(({ time }) => time);
  const [kept, leaving] = [times("keep"), times("remove")];
  const gone = backups.filter(({ isHeld }) => !isHeld).map(({ time }) => time);
  const oldest = archives.at(-1);
  const label = `${host}/${application}: ${count(archives.length, "archive")}${oldest === undefined ? "" : `, the oldest of ${minuteOf(oldest.time)}`}, ${gone.length} gone`;
  return timelineRow(timeline, { kept, leaving, gone }, label);
}

function charts({ backups, host, application }: ReportedApplication): Markup {
  const sizes = backups.map(({ time, bytes }) => ({ time, value: bytes }));
  const durations = backups.flatMap(({ time, seconds }) => (seconds === undefined ? [] : [{ time, value: seconds }]));
  const name = `${host}/${application}`;
  const unit = durationUnit(durations.reduce((most, { value }) => Math.max(most, value), 0));
  return html`<div class="charts"><figure><figcaption>Sizes</figcaption>${timeChart({
    points: thinOut(sizes, longestChart),
    label: `sizes of ${name}: ${spread(sizes, formatBytes)}`,
    format: formatBytes,
  })}</figure><figure class="durations"><figcaption>Durations</figcaption>${timeChart({
    points: thinOut(durations, longestChart).map(({ time, value }) => ({ time, value: value / unit.seconds })),
    label: `durations of ${name}: ${spread(durations, formatSeconds)}`,
    format: (value) => `${value} ${unit.name}`,
  })}</figure></div>`;
}

// So that the axis has round figures.
function durationUnit(longest: number): { seconds: number; name: string } {
  if (longest > 7_200) return { seconds: 3_600, name: "h" };
  return longest > 120 ? { seconds: 60, name: "min" } : { seconds: 1, name: "s" };
}

function archiveTable({ archives, host, application }: ReportedApplication, now: Date): Markup {
  if (archives.length === 0) return html`<p class="empty">The vault holds no archive of it.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Archives of ${host}/${application}"><table class="archives"><thead><tr><th scope="col">Time (UTC)</th><th scope="col" class="figures">Size</th><th scope="col" class="figures">Took</th><th scope="col">Version</th><th scope="col" class="figures">Verified</th><th scope="col" class="figures">Proven</th><th scope="col">Kept as</th></tr></thead><tbody>${archives.map((archive) => archiveRow(archive, now))}</tbody></table></div>`;
}

function archiveRow({ time, bytes, seconds, version, verifiedAt, provenAt, action, reasons }: KeptArchive, now: Date) {
  const age = (moment: Date | undefined) => (moment === undefined ? "-" : formatAge(moment, now));
  return html`<tr><th scope="row">${minuteOf(time)}</th><td class="figures">${formatBytes(bytes)}</td><td class="figures">${formatSeconds(seconds)}</td><td><bdi>${version ?? "-"}</bdi></td><td class="figures">${age(verifiedAt)}</td><td class="figures">${age(provenAt)}</td><td>${action === "keep" ? reasons.join(", ") : html`<em>goes with the next prune</em>`}</td></tr>`;
}
