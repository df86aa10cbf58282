import type { Terminal } from "@catapullt/core/cli/terminal";
import { progressLine } from "@catapullt/core/progress";

/** One line for all hosts together; its total grows as hosts tell what they have. */
export interface PullProgress {
  /** Begins work on a host that has so many bytes to send. */
  begin(host: string, expectedBytes: number): HostProgress;
}

export interface HostProgress {
  advance(bytes: number): void;
  /** Ends the work: what was expected and did not come no longer counts. */
  end(): void;
}

const redrawInterval = 100;

export function createPullProgress(terminal: Terminal): PullProgress {
  const startedAt = performance.now();
  const hosts = new Set<string>();
  let total = 0;
  let done = 0;
  let drawnAt = Number.NEGATIVE_INFINITY;
  const draw = () => {
    const now = performance.now();
    if (!terminal.isInteractive || now - drawnAt < redrawInterval) return;
    drawnAt = now;
    terminal.showProgress(progressLine({ activity: [...hosts].join(", "), done, total, elapsed: now - startedAt }));
  };
  return {
    begin(host, expectedBytes) {
      let came = 0;
      hosts.add(host);
      total += expectedBytes;
      draw();
      return {
        advance(bytes) {
          came += bytes;
          done += bytes;
          draw();
        },
        end() {
          total += came - expectedBytes;
          hosts.delete(host);
          if (hosts.size === 0) terminal.showProgress("");
        },
      };
    },
  };
}
