import { createHash } from "node:crypto";
import { createSample } from "../preview/samples.ts";
import type { SampleState } from "../preview/states.ts";

/** A picture of a mail in docs/pictures. */
export interface Picture {
  file: string;
  state: SampleState;
  width: number;
  scheme: "light" | "dark";
}

const wide = 720;
const phone = 375;

export const pictures: readonly Picture[] = [
  { file: "success.png", state: "success", width: wide, scheme: "light" },
  { file: "success-dark.png", state: "success", width: wide, scheme: "dark" },
  { file: "warning.png", state: "warning", width: wide, scheme: "light" },
  { file: "failure.png", state: "failure", width: wide, scheme: "light" },
  { file: "failure-dark.png", state: "failure", width: wide, scheme: "dark" },
  { file: "failure-phone.png", state: "failure", width: phone, scheme: "light" },
  { file: "recovery.png", state: "recovery", width: wide, scheme: "light" },
  { file: "missed.png", state: "missed", width: wide, scheme: "light" },
  { file: "digest.png", state: "digest", width: wide, scheme: "light" },
  { file: "digest-dark.png", state: "digest", width: wide, scheme: "dark" },
];

/** The HTML that a picture shows. */
export function htmlOf({ state }: Picture): string {
  return createSample(state).message.html;
}

/** What tells whether a picture is that of the present renderer: for pictures.json. */
export function fingerprint(picture: Picture): string {
  const { width, scheme } = picture;
  return createHash("sha256")
    .update(JSON.stringify([width, scheme, htmlOf(picture)]))
    .digest("hex");
}
