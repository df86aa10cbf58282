import { expect, test } from "vitest";
import { escapeControls, escapeControlsInLines } from "./printable.ts";

test("shows control characters instead of passing them on", () => {
  expect(escapeControls("a\u001b[2Jb\nc\td\re\u007ff\u009b1mg\u2028h\0")).toBe(
    "a\\u001b[2Jb\\nc\\td\\re\\u007ff\\u009b1mg\\u2028h\\u0000",
  );
});

test("leaves all other text as it is", () => {
  expect(escapeControls("Größe 5 € 😀 \\n")).toBe("Größe 5 € 😀 \\n");
});

test("keeps line feeds where lines are meant", () => {
  expect(escapeControlsInLines("a\u001b\nb\r\n")).toBe("a\\u001b\nb\\r\n");
});
