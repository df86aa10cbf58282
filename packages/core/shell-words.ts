/** A word as a POSIX shell reads it; left as it is where nothing in it means anything to a shell. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command line that a POSIX shell reads as these words. */
export function formatCommandLine(words: readonly string[]): string {
  return words.map(quoteForShell).join(" ");
}
