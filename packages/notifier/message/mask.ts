const mask = "********";

// A value that is no secret in itself: a reference, a placeholder, MySQL's "(using password: YES)".
const harmless = "(?![{$<*]|(?:YES|NO|true|false|none|null)\\b)";
const value = `${harmless}(?:"[^"\\n]{1,500}"|'[^'\\n]{1,500}'|[^\\s"',;&)\\]}]{1,500})`;
const key =
  "[\\w.-]{0,40}(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)";

/** What gives a secret away by the form in which it stands; the part before it is kept. */
const patterns: readonly { pattern: RegExp; replacement: string }[] = [
  {
    pattern: /-----BEGIN ([A-Z ]{0,30}PRIVATE KEY)-----[\s\S]{0,20000}?(?:-----END \1-----|$)/g,
    replacement: `-----BEGIN $1----- ${mask}`,
  },
  { pattern: /(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@"']{0,200}:)[^\s/@"']{1,500}(?=@)/gi, replacement: `$1${mask}` },
  {
    pattern: /(\b(?:proxy-)?authorization["']?\s{0,3}[:=]\s{0,3}["']?(?:[a-z]{2,20}\s{1,3})?)[^\s"']{1,4000}/gi,
    replacement: `$1${mask}`,
  },
  { pattern: /(\bbearer\s{1,3})[\w.~+/=-]{8,4000}/gi, replacement: `$1${mask}` },
  { pattern: new RegExp(`((?<!/)\\b${key}["']?\\s{0,3}[:=]\\s{0,3})${value}`, "gi"), replacement: `$1${mask}` },
  { pattern: new RegExp(`(--${key}\\s{1,3})(?!-)${value}`, "gi"), replacement: `$1${mask}` },
  {
    pattern: new RegExp(`(\\bidentified\\s{1,3}by\\s{1,3}(?:password\\s{1,3})?)${value}`, "gi"),
    replacement: `$1${mask}`,
  },
  { pattern: /(\b(?:mysql|mariadb)[\w-]{0,20}\s(?:[^\n]{0,300}\s)?-p)[^\s-]\S{0,500}/g, replacement: `$1${mask}` },
];

/** Masks what looks like a password, token or key, for texts of others whose secrets nobody here knows. */
export function maskSecretPatterns(text: string): string {
  return patterns.reduce((masked, { pattern, replacement }) => masked.replace(pattern, replacement), text);
}
