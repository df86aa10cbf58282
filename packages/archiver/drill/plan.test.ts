import { expect, test } from "vitest";
import { knownArchives } from "../test/known-archives.ts";
import type { Receipt } from "../vault/receipt.ts";
import type { StoredArchive } from "../vault/vault.ts";
import { planDrills } from "./plan.ts";

const now = new Date("2026-11-23T12:00:00Z");
const day = 86_400_000;

function archive(date: string, application = "wiki", host = "wiki01"): StoredArchive {
  const name = `${application}_${date}T020000Z.tar.zst`;
  return { host, application, name, bytes: 9, sha1: date.padEnd(40, "0") };
}

function receipt(stored: StoredArchive, date: string, event: object = { event: "verified" }): Receipt {
  return { ...stored, at: `${date}T06:00:00.000Z`, ...event } as Receipt;
}

const verified = (...archives: StoredArchive[]) => archives.map((one) => receipt(one, "2026-11-23"));
const proven = { event: "proven", seconds: 1, covers: ["files"] };
const disproven = { event: "disproven", findings: ["x"] };
const old = archive("20261120");
const fresh = archive("20261122");

function factsOf(stored: StoredArchive[], receipts: Receipt[]) {
  const held = knownArchives(stored, receipts).sort(
    (one, other) =>
      one.host.localeCompare(other.host) ||
      one.application.localeCompare(other.application) ||
      other.time.getTime() - one.time.getTime(),
  );
  return {
    held,
    lastDrill({ host, application }: { host: string; application: string }) {
      const last = receipts.findLast(
        (one) =>
          (one.event === "proven" || one.event === "disproven") && one.host === host && one.application === application,
      );
      return last === undefined ? undefined : { at: new Date(last.at), isProof: last.event === "proven" };
    },
  };
}

test("takes the newest verified archive of each application, in the order of hosts and applications", () => {
  const others = [archive("20261101", "shop"), archive("20261101", "wiki", "a01")];
  const unsealed = { ...archive("20261123"), sha1: undefined };
  const stored = [old, unsealed, fresh, archive("20261123", "shop"), ...others];
  const plan = planDrills({ ...factsOf(stored, verified(old, fresh, ...others)), now });
  expect(plan).toMatchObject([
    { host: "a01", application: "wiki", action: "drill", archive: others[1] },
    { host: "wiki01", application: "shop", action: "drill", archive: others[0] },
    { host: "wiki01", application: "wiki", action: "drill", archive: fresh },
  ]);
});

test.each<[string, StoredArchive[], Receipt[]]>([
  ["was never verified", [fresh], []],
  [
    "was put in quarantine after it was verified",
    [fresh],
    [...verified(fresh), receipt(fresh, "2026-11-23", { event: "quarantined" })],
  ],
  ["is dated in the future", [archive("20261124")], verified(archive("20261124"))],
  ["is another file of that name", [{ ...fresh, sha1: "f".repeat(40) }], verified(fresh)],
])("drills none that %s", (_, stored, receipts) => {
  expect(planDrills({ ...factsOf(stored, receipts), now })).toMatchObject([{ action: "skip", isDue: true }]);
});

test.each<[string, Receipt[], "drill" | "skip"]>([
  ["was never proven", [], "drill"],
  ["was proven lately", [receipt(fresh, "2026-11-20", proven)], "skip"],
  ["was proven lately by an archive that is gone", [receipt(archive("20261001"), "2026-11-20", proven)], "skip"],
  ["was proven long ago", [receipt(fresh, "2026-10-20", proven)], "drill"],
  ["was disproven since", [receipt(fresh, "2026-11-20", proven), receipt(fresh, "2026-11-21", disproven)], "drill"],
  ["was proven by a clock that was ahead", [receipt(fresh, "2026-12-20", proven)], "drill"],
  ["is another one's namesake", [receipt({ ...fresh, host: "wiki02" }, "2026-11-20", proven)], "drill"],
])("with olderThan an application that %s: %#", (_, drills, action) => {
  const receipts = [...verified(fresh), ...drills];
  expect(planDrills({ ...factsOf([fresh], receipts), now, olderThan: 7 * day })).toMatchObject([{ action }]);
});
