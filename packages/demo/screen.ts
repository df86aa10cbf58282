import { styleText } from "node:util";

const coloured = process.stdout.isTTY === true && !process.env.NO_COLOR;

export function heading(text: string): void {
  console.log(`\n${coloured ? styleText("bold", text) : text}\n`);
}

export function line(text = ""): void {
  console.log(text);
}

/** A command as a user would type it. */
export function command(text: string): void {
  console.log(coloured ? styleText("cyan", `$ ${text}`) : `$ ${text}`);
}

export function indented(text: string): void {
  console.log(text.trimEnd().replace(/^(?=.)/gm, "    "));
}
