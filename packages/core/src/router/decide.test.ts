import { manualClock } from "@salesagent/conformance";
import { type Clock, userMessage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { ModelRouter } from "./model-router.js";
import { namedModel } from "./testing/named-model.js";

const request = { messages: [userMessage("Hi")] };

describe("a decision", () => {
  it("takes the best candidate, though time goes on while it is made, in parts of milliseconds", async () => {
    const base = manualClock();
    let nowMs = base.now();
    const clock: Clock = {
      ...base,
      now() {
        nowMs += 0.3;
        return nowMs;
      },
    };
    const one = namedModel("one", { text: "x" });
    const router = new ModelRouter({
      candidates: [one, namedModel("two", { text: "y" })],
      policy: "best",
      clock,
    });

    for (let call = 0; call < 20; call++)
      expect(router.explain(request).candidates[0]?.passedOver).toBeUndefined();
    expect((await router.stream(request).result()).modelId).toBe("one");
  });
});
