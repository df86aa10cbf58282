import { expect, test } from "vitest";
import { parseVerifyArguments } from "./options.ts";

test("understands durations, shares, numbers and rates", () => {
  expect(parseVerifyArguments({})).toEqual({ since: undefined, sample: undefined, rate: undefined });
  expect(parseVerifyArguments({ since: "30d", sample: "2.5%", rate: "50MB" })).toEqual({
    since: 2_592_000_000,
    sample: { percent: 2.5 },
    rate: 50_000_000,
  });
  expect(parseVerifyArguments({ sample: "12" }).sample).toEqual({ count: 12 });
});

test.each([
  { since: "" },
  { since: "30" },
  { sample: "" },
  { sample: "0" },
  { sample: "0%" },
  { sample: "101%" },
  { sample: "1.5" },
  { sample: "-1" },
  { sample: "all" },
  { rate: "50" },
  { rate: "0B" },
  { rate: "50B" },
])("refuses %j and names the option", (given) => {
  const [option = ""] = Object.keys(given);
  expect(() => parseVerifyArguments(given)).toThrow(
    expect.objectContaining({ code: "usage-invalid", message: expect.stringContaining(`--${option}`) }),
  );
});
