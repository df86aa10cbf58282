import { setFlagsFromString } from "node:v8";

/**
 * Keeps the heap's young generation at its first size, 1 MiB. Every piece that is read from a pipe is a small object that
 * holds 64 KiB outside the heap; in a young generation that has grown, dead ones pile up to 60 MB and more before anything
 * collects them. Applies to the whole process from now on, and only makes short collections more frequent.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
