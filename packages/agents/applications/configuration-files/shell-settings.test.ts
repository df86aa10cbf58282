import { describe, expect, it } from "vitest";
import { readShellSettings } from "./shell-settings.ts";

function home(script: string, environment: Record<string, string> = {}) {
  return readShellSettings(script, new Map(Object.entries(environment))).property("confluence.home");
}

describe("readShellSettings", () => {
  it.each([
    [`CATALINA_OPTS="-Dconfluence.home=/srv/wiki \${CATALINA_OPTS}"`, "/srv/wiki"],
    ["CATALINA_OPTS='-Xmx1g -Dconfluence.home=/srv/wiki'", "/srv/wiki"],
    ["CATALINA_OPTS=-Dconfluence.home=/srv/wiki", "/srv/wiki"],
    [`CATALINA_OPTS="-Dconfluence.home=/a"\nCATALINA_OPTS="-Dconfluence.home=/b \${CATALINA_OPTS}"`, "/b"],
    ['# CATALINA_OPTS="-Dconfluence.home=/old"\nCATALINA_OPTS="-Dconfluence.home=/new"', "/new"],
    ['CATALINA_OPTS="-Xmx1g \\\n  -Dconfluence.home=/srv/wiki \\\n  -Da=b"', "/srv/wiki"],
    [`HOME_DIR=/srv/wiki\nCATALINA_OPTS="-Dconfluence.home=\${HOME_DIR}"`, "/srv/wiki"],
    ['BASE=/srv; WIKI="$BASE/wiki"\nCATALINA_OPTS="-Dconfluence.home=$WIKI"', "/srv/wiki"],
    [`export CONFLUENCE_HOME="/srv/my wiki"\nCATALINA_OPTS="-Dconfluence.home=\${CONFLUENCE_HOME}"`, "/srv/my wiki"],
    [`: \${CONFLUENCE_HOME:=/srv/wiki}\nCATALINA_OPTS="-Dconfluence.home=\${CONFLUENCE_HOME}"`, "/srv/wiki"],
    [`CATALINA_OPTS="-Dconfluence.home=\${NOT_SET:-/srv/wiki}"`, "/srv/wiki"],
    ['CATALINA_OPTS="-Dconfluence.home=\\"/srv/my wiki\\" -Da=b"', "/srv/my wiki"],
    ["CATALINA_OPTS='-Dconfluence.home=\"/srv/my wiki\" -Da=b'", "/srv/my wiki"],
  ])("finds the property in %j", (script, expected) => {
    expect(home(script)).toEqual({ value: expected, unresolved: undefined });
  });

  it.each(['-z "$BITBUCKET_HOME"', `"x\${BITBUCKET_HOME}" = "x"`])(
    "leaves a variable of the environment alone after a test of %j",
    (condition) => {
      const script = `if [ ${condition} ]; then\n    BITBUCKET_HOME=/srv/usual\nfi\nexport BITBUCKET_HOME\n`;
      const read = (variables: [string, string][]) =>
        readShellSettings(script, new Map(variables)).variable("BITBUCKET_HOME");
      expect(read([["BITBUCKET_HOME", "/srv/own"]])).toBe("/srv/own");
      expect(read([["BITBUCKET_HOME", ""]])).toBe("/srv/usual");
      expect(read([])).toBe("/srv/usual");
    },
  );

  it("takes variables from the environment, and says which one is missing", () => {
    const script = `CATALINA_OPTS="-Dconfluence.home=\${CONFLUENCE_HOME}"`;
    expect(home(script, { CONFLUENCE_HOME: "/srv/wiki" })).toEqual({ value: "/srv/wiki", unresolved: undefined });
    expect(home(script)).toEqual({ value: "", unresolved: "CONFLUENCE_HOME" });
  });

  it.each(["", "# -Dconfluence.home=/x", "-Dconfluenceahome=/x", "-Dconfluence.homedir=/x"])(
    "finds none in %j",
    (script) => {
      expect(home(script)).toBeUndefined();
    },
  );

  it("lets the script's own assignment win over the environment", () => {
    const settings = readShellSettings("JIRA_HOME=/from/script", new Map([["JIRA_HOME", "/from/environment"]]));
    expect(settings.variable("JIRA_HOME")).toBe("/from/script");
  });
});
