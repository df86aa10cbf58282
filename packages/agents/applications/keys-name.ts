/** The name under which an application's keys are archived where they are kept apart. */
export function keysApplicationName(application: string): string {
  return `${application}-keys`;
}
