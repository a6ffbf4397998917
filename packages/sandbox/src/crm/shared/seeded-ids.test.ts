import { expect, it } from "vitest";
import { createSeededIds } from "./seeded-ids.js";

it("gives the same ids for the same seed, and none twice", () => {
  const [one, same, other] = [createSeededIds(1), createSeededIds(1), createSeededIds(2)];
  const ids = Array.from({ length: 50_000 }, () => one.text(20));

  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => id.length === 20)).toBe(true);
  expect(same.text(20)).toBe(ids[0]);
  expect(other.text(20)).not.toBe(ids[0]);
  expect([one.count("n"), one.count("n"), one.count("m")]).toEqual([1, 2, 1]);
  expect(one.text(24, "0123456789abcdef")).toMatch(/^[0-9a-f]{24}$/);
});
