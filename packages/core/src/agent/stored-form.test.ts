import { expect, it } from "vitest";
import { WaitSignal } from "../graph/wait-signal.js";
import { storedError } from "./stored-form.js";

it("puts a wait for a person on record as one, and of foreign errors the kind alone", () => {
  expect(storedError(new WaitSignal("work")).code).toBe("approval.required");
  expect(storedError(new RangeError("ada@fjord.example"))).toEqual({
    code: "internal",
    message: "RangeError in the agent's own code",
  });
});
