import type { Terminal, TerminalSize } from "../cli/terminal.ts";

const redrawInterval = 200;

/** Draws lines again and again until the returned function is called, which takes them away; does nothing where there is no terminal. */
export function redrawWhile(
  terminal: Terminal,
  render: (now: number, size: TerminalSize) => readonly string[],
): () => void {
  if (!terminal.isInteractive) return () => {};
  const draw = () => {
    const { columns, rows } = terminal.size();
    terminal.showProgress(render(performance.now(), { columns: columns - 1, rows }));
  };
  const timer = setInterval(draw, redrawInterval);
  timer.unref();
  // Ctrl-Z: the shell writes where the lines were.
  const stop = () => {
    terminal.showProgress([]);
    process.kill(process.pid, "SIGSTOP");
  };
  process.on("SIGTSTP", stop);
  return () => {
    process.off("SIGTSTP", stop);
    clearInterval(timer);
    terminal.showProgress([]);
  };
}
