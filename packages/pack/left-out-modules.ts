import type { Plugin } from "rolldown";

const prefix = "\0left-out-";

// Native parts, which libraries use where they are and do without elsewhere; and how pino writes into files by itself, which
// core/log never lets it do: a fifth of what a start takes.
const leftOut = /(?:^cpu-features$|\.node$|^thread-stream$|^sonic-boom$)/;

/** Puts something in the place of modules that no program here needs, so that no host builds or loads them. */
export function leaveOutModules(): Plugin {
  return {
    name: "left-out-modules",
    resolveId: {
      filter: { id: leftOut },
      handler: (name) => `${prefix}${name.replace(/^.*\//, "")}`,
    },
    load: {
      filter: { id: new RegExp(`^${prefix}`) },
      handler: (id) => substitute(id.slice(prefix.length)),
    },
  };
}

// A native part that is missing must fail where it is asked for, which its library catches.
function substitute(name: string): string {
  const failure = `throw new Error("${name} is not in this package")`;
  return name.endsWith("-stream") || name.endsWith("-boom") ? `module.exports = function () { ${failure}; };` : failure;
}
