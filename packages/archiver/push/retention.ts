import { parseArchiveName } from "@catapullt/core/archive/name";
import { applyRetention, type RetentionPolicy } from "@catapullt/core/retention/policy";
import type { SurveyedArchive } from "../pull/survey.ts";

export interface LocalSituation {
  /** The finished archives on this host. */
  archives: readonly SurveyedArchive[];
  /** Whether an archive is proven to be at the destination, or to have been there. */
  isProven: (archive: SurveyedArchive) => boolean;
  policy: RetentionPolicy;
  now: Date;
  timeZone: string;
}

export interface LocalDecision {
  archive: SurveyedArchive;
  action: "keep" | "remove";
  reasons: string[];
}

/** Decides which archives may go from this host: of each application, only such as are proven, and that no rule keeps. Pure. */
export function planRemovals({ archives, isProven, policy, now, timeZone }: LocalSituation): LocalDecision[] {
  return [...Map.groupBy(archives, ({ application }) => application).values()].flatMap((ofOne) => {
    const candidates = ofOne.flatMap((archive) => {
      const time = parseArchiveName(archive.name)?.time;
      return time === undefined ? [] : [{ name: archive.name, time, verified: isProven(archive), archive }];
    });
    const { keep, remove, ignored } = applyRetention(candidates, policy, { now, timeZone });
    return [
      ...[...ignored, ...keep].map(({ archive: { archive }, reasons }): LocalDecision => {
        return { archive, action: "keep", reasons: reasons.map(inTermsOfPush) };
      }),
      ...remove.map(({ archive: { archive }, reasons }): LocalDecision => ({ archive, action: "remove", reasons })),
    ];
  });
}

function inTermsOfPush(reason: string): string {
  if (reason === "not verified yet") return "not proven at the destination yet";
  return reason === "newest good archive" ? "newest that was sent" : reason;
}
