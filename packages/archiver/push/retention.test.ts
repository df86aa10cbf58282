import { expect, test } from "vitest";
import type { SurveyedArchive } from "../pull/survey.ts";
import { planRemovals } from "./retention.ts";

const archive = (application: string, day: string): SurveyedArchive => ({
  application,
  name: `${application}_202611${day}T020000Z.tar.zst`,
  bytes: 100,
  modifiedAt: 1,
  sidecar: { sha1: "a".repeat(40) },
});

function plan(archives: SurveyedArchive[], proven: SurveyedArchive[], policy = { last: 1 }) {
  const now = new Date("2026-11-24T12:00:00Z");
  const isProven = (one: SurveyedArchive) => proven.includes(one);
  return Object.fromEntries(
    planRemovals({ archives, isProven, policy, now, timeZone: "UTC" }).map((decision) => [
      decision.archive.name.slice(0, 13),
      `${decision.action}: ${decision.reasons.join(", ")}`,
    ]),
  );
}

test("removes only what is proven, and counts nothing else", () => {
  const [old, middle, young] = [archive("wiki", "20"), archive("wiki", "21"), archive("wiki", "22")];
  expect(plan([old, middle, young], [old, middle])).toEqual({
    wiki_20261122: "keep: not proven at the destination yet",
    wiki_20261121: "keep: newest that was sent, last",
    wiki_20261120: "remove: no rule keeps it",
  });
});

test("looks at each application by itself, and leaves the future alone", () => {
  const archives = [archive("wiki", "20"), archive("wiki", "21"), archive("jira", "19"), archive("jira", "30")];
  expect(plan(archives, archives)).toEqual({
    wiki_20261121: "keep: newest that was sent, last",
    wiki_20261120: "remove: no rule keeps it",
    jira_20261119: "keep: newest that was sent, last",
    jira_20261130: "keep: dated in the future",
  });
});
