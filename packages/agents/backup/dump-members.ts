export interface NamedDump {
  /** The database's name, which may hold what a member's name must not, such as a slash. */
  name: string;
  extension: string;
}

/**
 * The members `database/<name>.<extension>` of all dumps of an archive. `tar --wildcards 'database/<name>.*'` yields one dump
 * and nothing else, also where databases share a name, or one's name begins with another's and a dot: their members
 * are numbered.
 */
export function dumpMembers(dumps: readonly NamedDump[]): string[] {
  const members: Member[] = [];
  for (const { name, extension } of dumps) {
    const plain = name.replace(/[/\p{Cc}]/gu, "_").replace(/^\.+/, "_");
    let member = createMember(plain, extension);
    // Without dots, so that a number is enough to tell it from all others.
    const numbered = plain.replaceAll(".", "_");
    for (let number = 2; members.some((other) => collide(other, member)); number += 1)
      member = createMember(`${numbered}-${number}`, extension);
    members.push(member);
  }
  return members.map(({ path }) => path);
}

interface Member {
  path: string;
  /** What the paths of this dump's parts begin with, and no others. */
  beginning: string;
}

function createMember(base: string, extension: string): Member {
  return { path: `database/${base}.${extension}`, beginning: `database/${base}.` };
}

function collide(one: Member, other: Member): boolean {
  return one.path.startsWith(other.beginning) || other.path.startsWith(one.beginning);
}
