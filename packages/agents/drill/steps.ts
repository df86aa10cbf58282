import type { DrillStep } from "./report.ts";

/** Takes the time of what is done one after the other. */
export interface StepClock {
  steps: DrillStep[];
  run<T>(step: Omit<DrillStep, "seconds">, action: () => Promise<T>): Promise<T>;
  /** The sum of what a real restore would do too. */
  recoverySeconds(): number;
}

export function createStepClock(): StepClock {
  const steps: DrillStep[] = [];
  return {
    steps,
    async run(step, action) {
      const start = performance.now();
      try {
        return await action();
      } finally {
        steps.push({ ...step, seconds: toTenths((performance.now() - start) / 1000) });
      }
    },
    recoverySeconds: () =>
      toTenths(steps.filter(({ isRecovery }) => isRecovery).reduce((sum, { seconds }) => sum + seconds, 0)),
  };
}

function toTenths(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
