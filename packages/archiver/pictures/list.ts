import { createHash } from "node:crypto";
import { renderPage } from "../report/page/page.ts";
import { companyFacts, thousandFacts } from "./sample-facts.ts";

/** A picture of the page that `archiver report` writes, in docs/pictures/report. */
export interface Picture {
  file: string;
  sample: "company" | "thousand";
  width: number;
  /** How much of the page is shown; all of it if absent. */
  height?: number;
  scheme: "light" | "dark";
  /** What alone is in the picture, opened if it is folded away. */
  part?: string;
}

export const pictures: readonly Picture[] = [
  { file: "desk.png", sample: "company", width: 900, height: 930, scheme: "light" },
  { file: "desk-dark.png", sample: "company", width: 900, height: 600, scheme: "dark" },
  { file: "retention.png", sample: "company", width: 900, scheme: "light", part: "section:has(#retention)" },
  { file: "application.png", sample: "company", width: 900, scheme: "light", part: "details:has-text('wiki01')" },
  { file: "phone.png", sample: "company", width: 375, height: 1000, scheme: "light" },
  { file: "phone-dark.png", sample: "company", width: 375, height: 1000, scheme: "dark" },
  { file: "thousand.png", sample: "thousand", width: 900, height: 600, scheme: "light" },
];

export function htmlOf({ sample }: Picture): string {
  return renderPage(sample === "company" ? companyFacts() : thousandFacts());
}

/** What tells whether a picture is that of the present renderer: for pictures.json. */
export function fingerprint(picture: Picture): string {
  return createHash("sha256")
    .update(JSON.stringify([picture, htmlOf(picture)]))
    .digest("hex");
}
