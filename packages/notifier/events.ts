/** What a transport can be told about. `recovery` is the first run that is no failure after one or more that were. */
export const events = ["success", "warning", "failure", "recovery"] as const;

export type Event = (typeof events)[number];
