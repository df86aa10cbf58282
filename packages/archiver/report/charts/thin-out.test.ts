import { expect, test } from "vitest";
import { thinOut } from "./thin-out.ts";

const points = (values: number[]) => values.map((value, index) => ({ time: new Date(index * 1000), value }));

test("leaves a short series as it is", () => {
  expect(thinOut(points([3, 1, 2]), 3)).toEqual(points([3, 1, 2]));
});

test("keeps the outliers of a long one, in order, and not many more points than were asked for", () => {
  const values = Array.from({ length: 1000 }, (_, index) => (index === 333 ? 0 : index === 777 ? 900 : 100));
  const thin = thinOut(points(values), 100);
  expect(thin.length).toBeLessThanOrEqual(100);
  expect(thin).toEqual(thin.toSorted((one, other) => one.time.getTime() - other.time.getTime()));
  expect(thin.filter(({ value }) => value !== 100)).toEqual([points(values)[333], points(values)[777]]);
});
