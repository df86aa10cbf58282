import { distance } from "fastest-levenshtein";

/** The candidate that was probably meant; undefined where none is close. */
export function suggest(text: string, candidates: readonly string[]): string | undefined {
  const wanted = simplify(text);
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const simple = simplify(candidate);
    const edits = hasSameLetters(wanted, simple) ? 1 : distance(wanted, simple);
    if (edits < bestDistance && edits < Math.max(wanted.length, simple.length)) {
      best = candidate;
      bestDistance = edits;
    }
  }
  return best;
}

/** ` (did you mean "host"?)`, or nothing. */
export function didYouMean(text: string, candidates: readonly string[]): string {
  const suggestion = suggest(text, candidates);
  return suggestion === undefined ? "" : ` (did you mean ${JSON.stringify(suggestion)}?)`;
}

// Two letters in the wrong order are one slip, not two.
function hasSameLetters(a: string, b: string): boolean {
  return a.length === b.length && [...a].sort().join("") === [...b].sort().join("");
}

// work-dir, work_dir and workdir all mean workDir.
function simplify(text: string): string {
  return text.toLowerCase().replace(/[-_. ]/g, "");
}
