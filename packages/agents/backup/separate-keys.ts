import { keysApplicationName } from "../applications/keys-name.ts";
import type { ApplicationTree, LocatedApplication } from "../applications/type.ts";

/** What goes into which archive. */
export interface SeparatedApplication {
  main: LocatedApplication;
  /** Undefined where keys stay with the rest. */
  keys: LocatedApplication | undefined;
}

/** Parts an application into what is backed up as ever and its keys, as the configuration wants it. Changes nothing. */
export function separateKeys(application: LocatedApplication): SeparatedApplication {
  const withKeys = application.trees.filter(({ keys }) => keys.length > 0);
  if (application.keys === "included" || withKeys.length === 0) return { main: application, keys: undefined };
  const name = keysApplicationName(application.name);
  return {
    main: {
      ...application,
      trees: application.trees.map((tree) => leaveKeysOut(tree, name)),
      restoreNotes: (version) => [
        `The keys of this application are not in this archive but in one of ${name} of the same time: put them back before you start it.`,
        ...application.restoreNotes(version),
      ],
    },
    keys: {
      ...application,
      name,
      databases: [],
      trees: withKeys.map((tree) => ({ ...tree, include: tree.keys, keys: [] })),
      consistency: undefined,
      restoreNotes: () => [
        `These are keys of ${application.name}: they belong to its archive of the same time, and are put back after it.`,
      ],
    },
  };
}

function leaveKeysOut(tree: ApplicationTree, keysName: string): ApplicationTree {
  const rules = tree.keys.map((pattern) => ({ pattern, reason: `keys: in the archive of ${keysName}` }));
  return { ...tree, exclude: [...tree.exclude, ...rules], keys: [] };
}
