import { expect, test } from "vitest";
import { defaultStateDirectory } from "./state-directory.ts";

test.each([
  [0, { HOME: "/root", XDG_STATE_HOME: "/x" }, "/var/lib/backup-tools"],
  [1000, { HOME: "/home/a", XDG_STATE_HOME: "/x" }, "/x/backup-tools"],
  [1000, { HOME: "/home/a" }, "/home/a/.local/state/backup-tools"],
  [1000, { HOME: "/home/a", XDG_STATE_HOME: "" }, "/home/a/.local/state/backup-tools"],
  [1000, { HOME: "/home/a", XDG_STATE_HOME: "relative" }, "/home/a/.local/state/backup-tools"],
])("for user %d with %j is %s", (user, environment, directory) => {
  expect(defaultStateDirectory(environment, user)).toBe(directory);
});
