import { expect, test } from "vitest";
import { type LookupOptions, lookUpHost } from "./lookup.ts";

function lookUp(name: string, texts: string | string[], more: Partial<LookupOptions> = {}) {
  const options = { name, user: undefined, home: "/home/me", localUser: "me", environment: { KEYS: "/keys" }, ...more };
  return lookUpHost([texts].flat(), options);
}

const config = `
# a comment
User everybody
Host wiki* !wiki99
  HostName %h.example.com
  Port 2222
  IdentityFile ~/.ssh/%h_%r
  IdentityFile "\${KEYS}/second key"
  HostKeyAlias wiki-cluster
  UserKnownHostsFile ~/.ssh/known_wiki /etc/known_more
  ProxyJump jump@bastion:2200,inner
host = intranet
  proxyjump none
Host *
  User nobody
  Port 2223
`;

test("takes the first value of each keyword, by patterns and with tokens filled in", () => {
  expect(lookUp("wiki01", config)).toEqual({
    address: "wiki01.example.com",
    port: 2222,
    user: "everybody",
    identityFiles: ["/home/me/.ssh/wiki01.example.com_everybody", "/keys/second key"],
    jump: [
      expect.objectContaining({ address: "bastion", port: 2200, user: "jump" }),
      expect.objectContaining({ address: "inner" }),
    ],
    knownHostsFiles: ["/home/me/.ssh/known_wiki", "/etc/known_more"],
    hostKeyAlias: "wiki-cluster",
  });
});

test("leaves out what a negated pattern excludes, and says nothing where nothing is said", () => {
  expect(lookUp("wiki99", config)).toMatchObject({
    address: undefined,
    port: 2223,
    jump: undefined,
    identityFiles: [],
  });
  expect(lookUp("x", "")).toMatchObject({
    address: undefined,
    port: undefined,
    user: undefined,
    hostKeyAlias: undefined,
  });
});

test("tells no jump from none that is asked for", () => {
  expect(lookUp("intranet", config).jump).toEqual([]);
});

test("lets the first file win, and collects the keys of all", () => {
  const found = lookUp("a", ["Host a\n Port 1\n IdentityFile /one", "Host *\n Port 2\n User two\n IdentityFile /two"]);
  expect(found).toMatchObject({ port: 1, user: "two", identityFiles: ["/one", "/two"] });
});

test("goes by the user that our own configuration says", () => {
  const text = "Match user backup\n Port 7\nMatch all\n Port 8";
  expect(lookUp("a", text, { user: "backup" }).port).toBe(7);
  expect(lookUp("a", text, { user: "other" }).port).toBe(8);
});

test("never runs a command", () => {
  expect(lookUp("a", 'Match exec "touch /tmp/never"\n Port 7\nMatch all\n Port 8').port).toBe(8);
  expect(() => lookUp("a", "Host a\n ProxyCommand nc %h %p")).toThrow("by a ProxyCommand, which is not run here");
  expect(lookUp("a", "Host a\n ProxyCommand none").jump).toBeUndefined();
});

test.each([
  ["a port that is none", "Port many", /the port "many"/],
  ["a jump host that is none", "ProxyJump a b", /jump host/],
])("says so of %s", (_, text, message) => {
  expect(() => lookUp("a", text)).toThrow(message);
});
