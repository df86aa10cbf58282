/** A host with one application on it, made after what is known of its releases. */
export interface TypeFixture {
  /** What is special about it: `8.5 at the vendor's paths, MySQL`. */
  title: string;
  /** `applications.<type>` of the agent's configuration. */
  settings?: object;
  environment?: Readonly<Record<string, string>>;
  /** Writes what is not in `files` below the host's root. */
  build?: (root: string) => void;
  /** By path, from the host's root. */
  files?: Readonly<Record<string, string | Uint8Array>>;
  /** Those of the files that are programs. */
  executables?: readonly string[];
  /** Symbolic links: path to target. */
  links?: Readonly<Record<string, string>>;
}
