/**
 * What a shell script such as Tomcat's `setenv.sh` sets, as far as can be told without running it: plain assignments,
 * those after `if [ -z "$VAR" ]` where VAR has no value yet, `${VAR}` and `${VAR:-default}` in them, and Java system
 * properties (`-Dname=value`). Comments are left out.
 */
export interface ShellSettings {
  variable(name: string): string | undefined;
  /** The value of the last `-Dname=`; `unresolved` where it refers to a variable that is not set. */
  property(name: string): { value: string; unresolved: string | undefined } | undefined;
}

export function readShellSettings(text: string, environment: ReadonlyMap<string, string>): ShellSettings {
  const script = text.replace(/\\\r?\n/g, " ");
  const lines = script.split(/\r?\n/).filter((line) => !/^\s*#/.test(line));
  const variables = new Map(environment);
  let preset: string | undefined;
  for (const line of lines) {
    assign(line);
    if (line.trim() !== "" && line.trim() !== "then") preset = alreadySet(line);
  }

  // `if [ -z "$VAR" ]; then` and `if [ "x$VAR" = "x" ]; then`: what follows is not done where VAR has a value.
  function alreadySet(line: string): string | undefined {
    const [, one, other] = /^\s*if \[+ (?:-z "?\$\{?(\w+)\}?"?|"x?\$\{?(\w+)\}?" ==? "x?") \]/.exec(line) ?? [];
    const name = one ?? other;
    return name !== undefined && variables.get(name) ? name : undefined;
  }

  function assign(line: string): void {
    for (const [, name = "", value] of line.matchAll(/:\s*"?\$\{(\w+):?=([^}]*)\}/g)) {
      if (!variables.get(name)) variables.set(name, unquote(value ?? ""));
    }
    const pattern = /(?:^|[;&]|\bexport\s)\s*([A-Za-z_]\w*)=("(?:\\.|[^"\\])*"|'[^']*'|[^\s;&#]*)/g;
    for (const [, name = "", raw = ""] of line.matchAll(pattern))
      if (name !== preset) variables.set(name, expand(raw).value);
  }

  function expand(raw: string): { value: string; unresolved: string | undefined } {
    if (raw.startsWith("'")) return { value: unquote(raw), unresolved: undefined };
    let unresolved: string | undefined;
    const value = unquote(raw).replace(
      /\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))/g,
      (_, braced: string | undefined, preset: string | undefined, plain: string | undefined) => {
        const name = braced ?? plain ?? "";
        const found = variables.get(name) || preset;
        if (found === undefined) unresolved ??= name;
        return found ?? "";
      },
    );
    return { value, unresolved };
  }

  return {
    variable: (name) => variables.get(name),
    property(name) {
      const literal = name.replaceAll(".", "\\.");
      const pattern = new RegExp(`-D${literal}=("(?:\\\\.|[^"\\\\])*"|'[^']*'|\\\\"[^"]*\\\\"|[^\\s"']*)`, "g");
      const raw = lines.flatMap((line) => [...line.matchAll(pattern)].map((match) => match[1] ?? "")).at(-1);
      return raw === undefined ? undefined : expand(raw.replaceAll('\\"', '"'));
    },
  };
}

function unquote(text: string): string {
  const quote = text[0];
  if ((quote !== '"' && quote !== "'") || text.length < 2 || !text.endsWith(quote)) return text;
  return quote === '"' ? text.slice(1, -1).replace(/\\(["\\$`])/g, "$1") : text.slice(1, -1);
}
