import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeFiles } from "@catapullt/testkit/write-files";
import type { Host } from "../applications/host.ts";
import { fixtureHost } from "./fixture-host.ts";
import type { TypeFixture } from "./type-fixture.ts";

/** The fixture as a host of its own, in a temporary directory. */
export function buildFixture({ environment, build, files = {}, executables = [], links = {} }: TypeFixture): Host {
  const host = fixtureHost(environment);
  build?.(host.root);
  writeFiles(host.root, files);
  for (const path of executables) chmodSync(join(host.root, path), 0o755);
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(dirname(join(host.root, path)), { recursive: true });
    symlinkSync(target, join(host.root, path));
  }
  return host;
}
