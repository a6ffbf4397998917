import { describe, expect, it } from "vitest";
import { createIdSource } from "./sortable-id.js";

describe("createIdSource", () => {
  it("makes UUIDs of version 7 that sort by time", () => {
    let now = Date.UTC(2026, 10, 21);
    const createId = createIdSource({ now: () => now });
    const ids = Array.from({ length: 50 }, () => {
      now += 1;
      return createId();
    });
    expect([...ids].sort()).toEqual(ids);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("puts the milliseconds into the first twelve digits", () => {
    const id = createIdSource({ now: () => 0x0123456789ab })();
    expect(id.slice(0, 13)).toBe("01234567-89ab");
  });
});
