import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

interface Library {
  directory: string;
  name: string;
  version: string;
  license: string;
}

const licenceFile = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/** The licence texts of all libraries of which files are given, for those who get them bundled. */
export async function collectLicences(files: readonly string[]): Promise<string> {
  const directories = [...new Set(files.map(packageDirectory))].sort();
  const libraries = await Promise.all(directories.map(readLibrary));
  const sections = await Promise.all(libraries.map(describe));
  return `This program contains the following libraries.\n\n${sections.join("\n")}`;
}

// …/node_modules/NAME/… or …/node_modules/@SCOPE/NAME/…; the last one counts.
function packageDirectory(file: string): string {
  const found = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
  if (found === undefined) throw new Error(`${file} is in no package`);
  return found;
}

async function readLibrary(directory: string): Promise<Library> {
  const { name, version, license } = JSON.parse(await readFile(join(directory, "package.json"), "utf8"));
  return { directory, name, version, license: typeof license === "string" ? license : String(license?.type) };
}

async function describe({ directory, name, version, license }: Library): Promise<string> {
  const names = (await readdir(directory)).filter((file) => licenceFile.test(file)).sort();
  const texts = await Promise.all(names.map((file) => readFile(join(directory, file), "utf8")));
  return [`## ${name} ${version} (${license})`, ...texts.map((text) => text.trim()), ""].join("\n\n");
}
