import type { ReceivedRequest } from "@catapullt/testkit/http-stand-in";
import { expect } from "vitest";

/** What stands in the address of a webhook. */
export const key = "k3y0Of7he9Webh00kInTheAddress";
export const token = "t0ken-Of-The-Acc0unt-4711";
const fencePattern = /```\n((?:(?!```)[\s\S])*)\n```/g;

/** The body of a request that must be JSON. */
export function json(request: ReceivedRequest, method = "POST") {
  expect([request.method, request.headers["content-type"]]).toEqual([method, "application/json; charset=utf-8"]);
  return JSON.parse(request.body);
}

/** Refuses keys that a service does not know, or means something by that is not wanted. */
export function onlyKeys(object: object, ...keys: readonly string[]): void {
  expect(Object.keys(object).filter((name) => !keys.includes(name))).toEqual([]);
}

/** What is left of a text when all its code fences are taken out, and what stands in those. */
export function splitFences(text: string): { outside: string; inside: string } {
  const inside = [...text.matchAll(fencePattern)].map(([, content]) => content);
  return { outside: text.replaceAll(fencePattern, ""), inside: inside.join("\n") };
}

const plainCharacters: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** The text of something like HTML; throws where it has other elements than these or anything unescaped. */
export function htmlText(html: string, elements: readonly string[]): string {
  const tags = [...html.matchAll(/<\/?([^>]*)>/g)].map(([, element]) => element);
  expect(tags.filter((element) => !elements.includes(element ?? ""))).toEqual([]);
  const text = html.replace(/<[^>]*>/g, "\n");
  expect(text).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|#39);)/);
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => plainCharacters[name] ?? "");
}
