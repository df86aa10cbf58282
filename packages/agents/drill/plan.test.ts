import type { Manifest, ManifestDatabase, ManifestTree } from "@catapullt/core/archive/manifest";
import { describe, expect, test } from "vitest";
import { createSelection } from "../restore/selection.ts";
import { planDrill } from "./plan.ts";

const database = (name: string, engine: string, bytes: number) =>
  ({ name, engine, bytes, member: `database/${name}.sql` }) as ManifestDatabase;
const tree = (label: string, figures: Partial<ManifestTree>) =>
  ({ label, files: 0, directories: 0, links: 0, bytes: 0, ...figures }) as ManifestTree;

const manifest = {
  databases: [
    database("wiki", "mariadb", 1_000),
    database("chat", "postgresql", 10),
    database("wiki2", "mariadb", 500),
  ],
  trees: [tree("home", { files: 2, directories: 1, bytes: 5_000 }), tree("gone", {})],
} as Manifest;

const all = createSelection({ paths: [] });

describe("planDrill", () => {
  test("starts one server for each kind, and leaves trees out that hold nothing", () => {
    const plan = planDrill(manifest, all);
    expect(plan.servers.map(({ engine, databases }) => [engine, databases.map(({ name }) => name)])).toEqual([
      ["mariadb", ["wiki", "wiki2"]],
      ["postgresql", ["chat"]],
    ]);
    expect(plan.trees.map(({ label }) => label)).toEqual(["home"]);
    expect(plan.covers).toEqual(["database", "files"]);
  });

  test("asks for room for servers, for indexes besides the dumps' bytes, and for files", () => {
    expect(planDrill(manifest, createSelection({ only: "files", paths: [] })).bytes).toBe(5_000 + 3 * 4096);
    const databases = planDrill(manifest, createSelection({ only: "database", paths: [] }));
    expect(databases.bytes).toBe(2 * 400 * 1024 ** 2 + 3_750 + 25);
    const sqlite = planDrill({ ...manifest, trees: [], databases: [database("a", "sqlite", 7)] }, all);
    expect(sqlite.bytes).toBe(7);
  });

  test("covers nothing where the archive has nothing of what is asked for", () => {
    const { covers } = planDrill({ ...manifest, databases: [] }, createSelection({ only: "database", paths: [] }));
    expect(covers).toEqual([]);
  });
});
