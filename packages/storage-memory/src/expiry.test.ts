import { manualClock } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "./memory-storage.js";

describe("by the host's clock", () => {
  it("answers, vectors and rights to probe are over at the very instant that they name", async () => {
    const clock = manualClock();
    const { cache, vectors, breakers } = memoryStorage({ clock }).tenant("acme");
    const createdAt = new Date(clock.now()).toISOString();
    const end = new Date(clock.now() + 1000).toISOString();
    const vector = Float32Array.of(1, 2);
    await cache.put({ key: "a", value: 1, createdAt, expiresAt: end });
    await vectors.putMany("c", [{ id: "a", vector, data: 1, expiresAt: end }]);
    await breakers.claimProbe("a", "other", end);
    const look = async () => ({
      answer: (await cache.get("a"))?.value,
      vectors: (await vectors.nearest("c", vector)).length,
      isFree: await breakers.claimProbe("a", "me", end),
    });

    clock.advance(999);
    expect(await look()).toEqual({ answer: 1, vectors: 1, isFree: false });
    clock.advance(1);
    expect(await look()).toEqual({ answer: undefined, vectors: 0, isFree: true });
  });
});
