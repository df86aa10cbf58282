/** Keys and secrets of the vendor's secret storage, in a home and in a shared home. */
const patterns = ["keys/**", "secured/**", "secrets-config.yaml"];

/** Patterns of the keys in a tree that holds such a directory at each of these paths, which start at the tree's root. */
export function secretStoragePatterns(...directories: readonly string[]): string[] {
  return directories.flatMap((directory) =>
    patterns.map((pattern) => (directory === "" ? pattern : `${directory}/${pattern}`)),
  );
}
