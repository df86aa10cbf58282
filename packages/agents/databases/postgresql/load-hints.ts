import type { DatabaseSettings } from "../engine.ts";

interface Hint {
  message: RegExp;
  hint: string;
}

/** What to do about what a server or pg_restore said while a dump was loaded. */
export function loadHint(message: string, settings: DatabaseSettings): string | undefined {
  return hints(settings).find((hint) => hint.message.test(message))?.hint;
}

// The first that matches counts.
function hints({ user = "the user" }: DatabaseSettings): Hint[] {
  return [
    {
      message: /must be (a )?member of role|must be able to SET ROLE|permission denied to (set|change) (role|owner)/,
      hint: `${user} may not create what belongs to somebody else: restore with --definer strip, or as a superuser`,
    },
    {
      message: /role ".*" does not exist/s,
      hint: "make the role that is named above (CREATE ROLE), and restore again; --definer strip leaves out owners and grants, but not policies that name a role",
    },
    {
      message: /permission denied to create extension|must be owner of extension/,
      hint: "only a superuser may create this extension: restore as one",
    },
    {
      message: /extension ".*" is not available|could not open extension control file/s,
      hint: "install the package that brings this extension on the server's host",
    },
    {
      message:
        /invalid (LC_\w+ )?locale name|could not create locale|could not open collator|does not match (locale|collation)|LC_(COLLATE|CTYPE) setting/,
      hint: "make the locale that is named above on the server's host (locale-gen), restart the server, and restore again",
    },
    {
      message: /unrecognized configuration parameter|syntax error at or near/,
      hint: "the server, or the pg_restore that was used, is of another release than the dump: restore into a server of the dump's release",
    },
    {
      message: /out of shared memory|max_locks_per_transaction/,
      hint: "the server cannot hold that many locks: raise its max_locks_per_transaction, or restore as a user who may create databases (ALTER ROLE … CREATEDB)",
    },
    {
      message: /No space left on device/,
      hint: "make room on the server's disk, and restore again",
    },
    {
      message: /must be superuser|permission denied|must be owner of/,
      hint: `${user} lacks a privilege that is named above: restore as a superuser, or with --definer strip`,
    },
    {
      message: /server closed the connection|connection to server|terminating connection/,
      hint: "the server ended the connection: see its log",
    },
  ];
}
