import { describe, expect, it } from "vitest";
import { untilAborted } from "./until-aborted.js";

describe("untilAborted", () => {
  it("rejects with the caller's reason while the work hangs, and lets go of the signal", async () => {
    const caller = new AbortController();
    const pending = untilAborted(new Promise(() => {}), caller.signal);
    const reason = { any: "value" };
    caller.abort(reason);
    await expect(pending).rejects.toBe(reason);
  });

  it("passes on what the work comes to", async () => {
    const caller = new AbortController();
    await expect(untilAborted(Promise.resolve(7), caller.signal)).resolves.toBe(7);
    await expect(untilAborted(Promise.reject(new RangeError("no")), caller.signal)).rejects.toThrow("no");
  });
});
