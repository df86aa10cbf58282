export const warningsTitle = "Warnings";

/** A message before it is text, HTML or anything else: what every renderer works from. All texts are clean already. */
export interface Content {
  /** One word for the state, such as `OK`. */
  badge: string;
  tone: "good" | "notice" | "bad";
  /** Who and where: `confluence on wiki01`. */
  headline: string;
  /** One sentence that says what happened. */
  summary: string;
  sections: readonly Section[];
  /** What a template says in place of summary and sections, where short texts are sent. */
  body?: string | undefined;
}

export type Section =
  | { kind: "facts"; title: string; rows: readonly Fact[] }
  | { kind: "list"; title: string; items: readonly string[] }
  | { kind: "problems"; title: string; problems: readonly Problem[] }
  | { kind: "chart"; title: string; bars: readonly Bar[] }
  | { kind: "log"; title: string; lines: readonly string[] };

export interface Fact {
  label: string;
  value: string;
}

/** One row of a chart. */
export interface Bar {
  label: string;
  /** How long it is, from 0 to 1; undefined where there is no figure. */
  share: number | undefined;
  /** The figure, or why there is none. */
  text: string;
  tone: Content["tone"];
}

export interface Problem {
  text: string;
  /** What to do about it. */
  hint: string | undefined;
}
