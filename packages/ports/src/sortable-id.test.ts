import { describe, expect, it } from "vitest";
import { systemClock } from "./clock.js";
import { createSortableIds } from "./sortable-id.js";

describe("createSortableIds", () => {
  it("makes UUIDs of version 7 that sort by time", () => {
    let time = 1_777_000_000_000;
    const create = createSortableIds({ ...systemClock, now: () => time++ });
    const ids = Array.from({ length: 100 }, create);
    expect([...ids].sort()).toEqual(ids);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("puts the milliseconds into the first twelve digits", () => {
    const id = createSortableIds({ ...systemClock, now: () => 0x0123456789ab })();
    expect(id.slice(0, 13)).toBe("01234567-89ab");
  });
});
