/** The variables of an environment that have a value. */
export function definedVariables(environment: NodeJS.ProcessEnv): Map<string, string> {
  return new Map(Object.entries(environment).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}
