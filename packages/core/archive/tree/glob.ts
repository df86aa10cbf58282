import { OperationError } from "../../errors.ts";

/**
 * Where a walk down a tree stands in a set of patterns for paths below its root.
 *
 * A pattern stands for whole paths from the root, never for a name somewhere below it: `*.log` is a log file in the root
 * itself. `*` is any text within one name, `?` one character, `[a-z]` and `[!a-z]` one of a set, `\` takes the next
 * character as it is, and `**` as a whole name stands for any number of directories. What lies below a directory that
 * matches, matches. `logs/` matches a directory only; `temp/**` all that is in `temp`, but not the directory itself.
 */
export interface PatternState {
  /** The first pattern by which the path matches; undefined where none does. */
  readonly match: string | undefined;
  /** True when a path further down can match, the path itself included. */
  readonly canMatchBelow: boolean;
  enter(name: string, isDirectory: boolean): PatternState;
}

type Segment = RegExp | "**";

interface Pattern {
  text: string;
  segments: readonly Segment[];
  directoriesOnly: boolean;
}

/** Positions in one pattern that a path has led to. */
interface Reached {
  pattern: Pattern;
  positions: readonly number[];
}

/** The state in which every path matches. */
export const everything: PatternState = matchedState("");

/** Throws `config-invalid` for a pattern that can match nothing: empty, with `..`, with an open bracket. */
export function compilePatterns(patterns: readonly string[]): PatternState {
  return stateOf(patterns.map(compile).map((pattern) => ({ pattern, positions: skipStars(pattern, [0]) })));
}

function stateOf(reached: readonly Reached[]): PatternState {
  return {
    match: undefined,
    canMatchBelow: reached.length > 0,
    enter(name, isDirectory) {
      const next = reached.flatMap(({ pattern, positions }) => {
        const after = advance(pattern, positions, name);
        return after.length === 0 ? [] : [{ pattern, positions: after }];
      });
      const matching = next.find(
        ({ pattern, positions }) =>
          positions.includes(pattern.segments.length) && (isDirectory || !pattern.directoriesOnly),
      );
      return matching === undefined ? stateOf(next) : matchedState(matching.pattern.text);
    },
  };
}

function matchedState(pattern: string): PatternState {
  const state: PatternState = { match: pattern, canMatchBelow: true, enter: () => state };
  return state;
}

function advance({ segments, ...rest }: Pattern, positions: readonly number[], name: string): number[] {
  const next = positions.flatMap((position) => {
    const segment = segments[position];
    if (segment === "**") return [position];
    return segment?.test(name) ? [position + 1] : [];
  });
  return skipStars({ segments, ...rest }, next);
}

// `**` may stand for no directory at all.
function skipStars({ segments }: Pattern, positions: readonly number[]): number[] {
  const result = new Set<number>();
  for (const start of positions) {
    let position = start;
    result.add(position);
    while (segments[position] === "**") {
      position += 1;
      result.add(position);
    }
  }
  return [...result];
}

function compile(text: string): Pattern {
  const names = text.split("/").filter((name, index) => name !== "." && !(name === "" && index === 0));
  const directoriesOnly = names.at(-1) === "";
  if (directoriesOnly) names.pop();
  if (names.length === 0 || names.includes("") || names.includes(".."))
    throw invalid(text, "it names no path below the root");
  // What is below a match matches, so that a closing `**` needs one more name and no more.
  const segments = names.map((name, index): Segment => {
    if (name === "**") return index === names.length - 1 ? /^/ : "**";
    return compileName(name, text);
  });
  return { text, segments, directoriesOnly };
}

function compileName(name: string, text: string): RegExp {
  let source = "";
  const characters = [...name];
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? "";
    if (character === "*") source += ".*";
    else if (character === "?") source += ".";
    else if (character === "[") {
      const close = characters.indexOf("]", index + (characters[index + 1] === "!" ? 3 : 2));
      if (close < 0) throw invalid(text, "a bracket is not closed");
      source += compileSet(characters.slice(index + 1, close));
      index = close;
    } else if (character === "\\") {
      index += 1;
      if (index === characters.length) throw invalid(text, "it ends in a backslash");
      source += literal(characters[index] ?? "");
    } else source += literal(character);
  }
  try {
    return new RegExp(`^${source}$`, "su");
  } catch (cause) {
    throw invalid(text, "a set in brackets is out of order", cause);
  }
}

function compileSet(characters: readonly string[]): string {
  const isNegated = characters[0] === "!";
  const members = (isNegated ? characters.slice(1) : characters).map((character, index, all) =>
    character === "-" ? (index > 0 && index < all.length - 1 ? "-" : "\\-") : literal(character),
  );
  return `[${isNegated ? "^" : ""}${members.join("")}]`;
}

function literal(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}

function invalid(text: string, problem: string, cause?: unknown): OperationError {
  return new OperationError("config-invalid", `the pattern ${JSON.stringify(text)} cannot be used: ${problem}`, {
    hint: "patterns are paths below the directory that is saved, such as `logs/`, `*.tmp` or `**/temp/**`",
    cause,
  });
}
