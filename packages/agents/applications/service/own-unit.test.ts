import { writeFiles } from "@catapullt/testkit/write-files";
import { expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../../test/fixture-host.ts";
import { findOwnUnit } from "./own-unit.ts";

const usual = ["grafana", "grafana-server"];

function find(name: string, keys: object = {}, units: Record<string, string> = {}) {
  const host = fixtureHost();
  const files = { "grafana-server": "ExecStart=/usr/sbin/grafana server --config=/etc/grafana/grafana.ini", ...units };
  for (const [unit, lines] of Object.entries(files))
    writeFiles(host.root, { [`/etc/systemd/system/${unit}.service`]: `[Service]\n${lines}\n` });
  return findOwnUnit({ name, settings: applicationSettings(keys), host }, usual);
}

it.each<[string, object]>([
  ["grafana", {}],
  ["grafana", { home: "/srv/grafana" }],
  ["metrics", {}],
  ["metrics", { configFile: "/etc/grafana/grafana.ini" }],
])("%s with %j has the unit of the usual name", async (name, keys) => {
  expect((await find(name, keys))?.path).toBe("/etc/systemd/system/grafana-server.service");
});

it("never takes the unit of another instance", async () => {
  expect(await find("metrics", { home: "/srv/metrics" })).toBeUndefined();
});

it("prefers the unit of the application's own name", async () => {
  const unit = await find(
    "metrics",
    { home: "/srv/metrics" },
    { metrics: "ExecStart=/opt/metrics/bin/grafana server" },
  );
  expect(unit?.path).toBe("/etc/systemd/system/metrics.service");
});
