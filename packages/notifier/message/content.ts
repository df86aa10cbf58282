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
}

export type Section =
  | { kind: "facts"; title: string; rows: readonly Fact[] }
  | { kind: "list"; title: string; items: readonly string[] }
  | { kind: "problems"; title: string; problems: readonly Problem[] }
  | { kind: "log"; title: string; lines: readonly string[] };

export interface Fact {
  label: string;
  value: string;
}

export interface Problem {
  text: string;
  /** What to do about it. */
  hint: string | undefined;
}
