import { describe, expect, it } from "vitest";
import { EffectSlots } from "./effect-slots.js";

describe("EffectSlots", () => {
  it("numbers calls by tool and target", async () => {
    const slots = new EffectSlots("draft");
    const steps = [];
    for (const [tool, target] of [
      ["mail", "ada"],
      ["mail", "bo"],
      ["call", "ada"],
      ["mail", "ada"],
    ] as const) {
      steps.push((await slots.enter().take(tool, target)).step);
    }
    expect(steps).toEqual(["draft#1", "draft#1", "draft#1", "draft#2"]);
  });

  it("gives places in the order of entry, not of reading", async () => {
    const slots = new EffectSlots("");
    const [first, second] = [slots.enter(), slots.enter()];
    const late = second.take("mail", "ada");
    const early = first.take("mail", "ada");
    expect([(await early).step, (await late).step]).toEqual(["#1", "#2"]);
  });

  it("waits for nobody who has left", async () => {
    const slots = new EffectSlots("");
    const [first, second, third] = [slots.enter(), slots.enter(), slots.enter()];
    second.leave();
    first.leave();
    first.leave();
    expect((await third.take("mail", "ada")).step).toBe("#1");
  });

  it("gives a place that was given back to the next", async () => {
    const slots = new EffectSlots("");
    const first = await slots.enter().take("mail", "ada");
    await slots.enter().take("mail", "ada");
    first.release();
    expect((await slots.enter().take("mail", "ada")).step).toBe("#1");
    expect((await slots.enter().take("mail", "ada")).step).toBe("#3");
  });
});
