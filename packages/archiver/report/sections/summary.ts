import { formatBytes, formatDuration } from "@catapullt/core/units";
import type { SpaceForecast } from "../../health/space.ts";
import type { ReportFacts } from "../facts.ts";
import { html, type Markup } from "../page/markup.ts";
import { count, formatAge } from "../page/words.ts";
import { type Severity, severityOfApplication } from "../severity.ts";

/** The whole in four figures. */
export function renderSummary(facts: ReportFacts): Markup {
  return html`<section class="tiles" aria-label="At a glance">${[applications(facts), archives(facts), proofs(facts), ...space(facts)]}</section>`;
}

interface Tile {
  title: string;
  figure: string;
  text: string;
  severity?: Severity;
}

function tile({ title, figure, text, severity }: Tile): Markup {
  return html`<div class="tile ${severity ?? ""}"><h2>${title}</h2><p class="figure">${figure}</p><p>${text}</p></div>`;
}

function applications({ applications: all }: ReportFacts): Markup {
  const severities = all.map(severityOfApplication);
  const of = (severity: Severity) => severities.filter((one) => one === severity).length;
  const [bad, warn, none, ok] = [of("bad"), of("warn"), of("none"), of("ok")];
  const rest = [
    ...(bad > 0 ? [`${bad} bad`] : []),
    ...(warn > 0 ? [`${warn} to look at`] : []),
    ...(none > 0 ? [`${none} not expected`] : []),
  ];
  const severity = bad > 0 ? "bad" : warn > 0 ? "warn" : all.length === 0 || ok === 0 ? "none" : "ok";
  const text = rest.length > 0 ? rest.join(", ") : all.length === 0 ? "nothing is expected or here" : "all of them";
  return tile({ title: "Healthy applications", figure: `${ok} of ${all.length}`, text, severity });
}

function archives({ applications: all, now }: ReportFacts): Markup {
  const held = all.flatMap((application) => application.archives);
  const bytes = held.reduce((sum, archive) => sum + archive.bytes, 0);
  const newest = all.reduce<Date | undefined>((latest, { newest: one }) => {
    return one !== undefined && (latest === undefined || one.time > latest) ? one.time : latest;
  }, undefined);
  const text =
    newest === undefined
      ? "no good archive"
      : `in ${count(held.length, "archive")}, newest ${formatAge(newest, now)} old`;
  return tile({ title: "In the vault", figure: formatBytes(bytes), text });
}

function proofs({ applications: all, now }: ReportFacts): Markup {
  const proven = all.flatMap(({ lastProof }) => lastProof ?? []).sort((one, other) => one.getTime() - other.getTime());
  const [oldest] = proven;
  const text =
    oldest === undefined ? "no drill has been held yet" : `the oldest proof is ${formatAge(oldest, now)} old`;
  return tile({ title: "Proven restores", figure: `${proven.length} of ${all.length}`, text });
}

function space({ space: forecast, findings }: ReportFacts): Markup[] {
  if (forecast === undefined) return [];
  const isFinding = findings.some(({ kind }) => kind === "space");
  return [
    tile({
      title: "Vault is full",
      figure: whenFull(forecast),
      text: `${formatBytes(forecast.freeBytes)} free${growth(forecast)}`,
      ...(isFinding ? { severity: "bad" } : {}),
    }),
  ];
}

function whenFull({ daysLeft, growthPerDay, freeBytes, nextBytes }: SpaceForecast): string {
  if (nextBytes > freeBytes) return "next time";
  if (daysLeft !== null) return daysLeft === 0 ? "today" : `in ${formatDuration(daysLeft * 86_400_000)}`;
  return growthPerDay === null ? "not known yet" : "not in sight";
}

function growth({ growthPerDay }: SpaceForecast): string {
  if (growthPerDay === null) return ", growth is known after a week";
  return growthPerDay <= 0 ? ", and it does not grow" : `, ${formatBytes(growthPerDay)} more each day`;
}
