/** What a sample can be about. */
export const sampleStates = ["success", "warning", "failure", "recovery", "missed", "digest"] as const;

export type SampleState = (typeof sampleStates)[number];
