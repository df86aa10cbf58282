import type { NewChangeset, VersionType } from "@changesets/types";

export interface Release {
  version: string;
  /** `2026-11-23`. */
  date: string;
  changesets: readonly Pick<NewChangeset, "summary" | "releases">[];
}

const unreleased = "## Unreleased";
const bumps: readonly VersionType[] = ["major", "minor", "patch", "none"];

/**
 * The changelog with a section for the release at its top: what stood under "Unreleased", then one entry per changeset, what
 * asks most of users first. Changesets without text add nothing.
 */
export function addRelease(changelog: string, { version, date, changesets }: Release): string {
  const [preface = "", ...sections] = changelog.split(/^(?=## )/m);
  const [first = ""] = sections;
  const isUnreleased = first.trimEnd() === unreleased || first.startsWith(`${unreleased}\n`);
  const kept = isUnreleased ? first.slice(unreleased.length).trim() : "";
  const entries = changesets
    .toSorted((one, other) => rank(one) - rank(other))
    .map(({ summary }) => summary.trim())
    .filter((summary) => summary !== "")
    .map((summary) => `- ${summary.replaceAll(/\n(?=.)/g, "\n  ")}`);
  const body = [kept, entries.join("\n")].filter((part) => part !== "").join("\n");
  const earlier = (isUnreleased ? sections.slice(1) : sections).join("").trim();
  return `${[preface.trim(), `## ${version} (${date})`, body, earlier].filter((part) => part !== "").join("\n\n")}\n`;
}

function rank({ releases }: Pick<NewChangeset, "releases">): number {
  return Math.min(...releases.map(({ type }) => bumps.indexOf(type)), bumps.length);
}
