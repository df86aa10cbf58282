import { expect, it } from "vitest";
import { parsePlainYaml } from "./plain-yaml.ts";

it("resolves anchors and merge keys, and keeps every scalar as it stands", () => {
  const text = `default: &default
  adapter: mysql2
  port: 03306
  password: "p@ss: word"
production:
  <<: *default
  database: redmine
  password: 0x10
  flag: yes
  list: [a, 1]
  empty:
`;
  expect(parsePlainYaml(text, { file: "database.yml" })).toMatchObject({
    production: {
      adapter: "mysql2",
      port: "03306",
      password: "0x10",
      database: "redmine",
      flag: "yes",
      list: ["a", "1"],
      empty: "",
    },
  });
});

it.each([
  ["a: [1\n", 2],
  ["a: 1\na: 2\n", 2],
  ["production:\n\tpassword: geheim\n", 2],
])("names the line of %j, and nothing of its text", (text, line) => {
  expect(() => parsePlainYaml(text, { file: "database.yml" })).toThrowError(
    expect.objectContaining({ code: "application-unreadable", message: expect.stringContaining(`(line ${line})`) }),
  );
  expect(() => parsePlainYaml(text, { file: "database.yml" })).not.toThrowError(/geheim/);
});
