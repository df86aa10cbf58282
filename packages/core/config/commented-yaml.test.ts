import { expect, test } from "vitest";
import { z } from "zod";
import { renderCommentedYaml } from "./commented-yaml.ts";
import { parseConfigText } from "./document.ts";

const schema = z.strictObject({
  directory: z.string().optional().meta({ description: "Where things lie" }),
  hosts: z
    .record(
      z.string(),
      z.strictObject({
        address: z.string().meta({ description: "Its name" }),
        port: z.int().optional().meta({ description: "Its port" }),
      }),
    )
    .optional()
    .meta({ description: "All hosts" }),
  ways: z
    .array(
      z.discriminatedUnion("type", [
        z.strictObject({ type: z.literal("mail"), to: z.string().meta({ description: "Who gets the mail" }) }),
        z.strictObject({ type: z.literal("chat"), to: z.string().meta({ description: "The room" }) }),
      ]),
    )
    .optional(),
});

test("explains each key from the schema, and gives examples as comments that can be taken up", () => {
  const text = renderCommentedYaml(
    {
      header: ["Hosts."],
      values: {
        directory: "/srv/a: b",
        hosts: { "wiki.01": { address: "127.0.0.1" } },
        ways: [{ type: "chat", to: "#ops" }],
      },
      examples: { hosts: { "wiki.01": { port: 22 } } },
      notes: { directory: "found in /etc/fstab" },
    },
    schema,
  );
  expect(text).toBe(`# Hosts.

# Where things lie
# found in /etc/fstab
directory: "/srv/a: b"

# All hosts
hosts:
  wiki.01:
    # Its name
    address: 127.0.0.1
    # Its port
    # port: 22

ways:
  - type: chat
    # The room
    to: "#ops"
`);
  expect(parseConfigText(text.replace("# port", "port"), "yaml").value).toMatchObject({
    hosts: { "wiki.01": { address: "127.0.0.1", port: 22 } },
    ways: [{ to: "#ops" }],
  });
});

test("a whole section that is an example is taken up by removing the first two characters of its lines", () => {
  const examples = { hosts: { a: { address: "b", port: 1 } } };
  const text = renderCommentedYaml({ header: [], values: { directory: "/x" }, examples }, schema);
  const taken = text.replace(/^# (?=hosts:| )/gm, "");
  expect(parseConfigText(taken, "yaml").value).toEqual({ directory: "/x", ...examples });
  expect(taken).toContain("    # Its port\n    port: 1\n");
});
