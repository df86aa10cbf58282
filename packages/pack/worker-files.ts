import type { Plugin } from "rolldown";

const workerFile = /new URL\("(\.\/[\w-]+-worker\.ts)", import\.meta\.url\)/g;

/** Lets `new Worker(new URL("./x-worker.ts", import.meta.url))` find its file in the bundle, as a chunk of its own. */
export function bundleWorkerFiles(): Plugin {
  return {
    name: "worker-files",
    async transform(code, file) {
      if (!code.includes("-worker.ts")) return null;
      const references = new Map<string, string>();
      for (const [, path = ""] of code.matchAll(workerFile)) {
        const resolved = await this.resolve(path, file);
        if (resolved === null) throw new Error(`${file} starts a worker that does not exist: ${path}`);
        references.set(path, this.emitFile({ type: "chunk", id: resolved.id }));
      }
      const replaced = code.replace(
        workerFile,
        (_, path: string) => `new URL(import.meta.ROLLUP_FILE_URL_${references.get(path)})`,
      );
      return { code: replaced, map: null }; // all lines stay where they are
    },
  };
}
