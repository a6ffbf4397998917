import { expect, it } from "vitest";
import { storedError } from "./stored-form.js";

it("puts of foreign errors the kind alone on record", () => {
  expect(storedError(new RangeError("ada@fjord.example"))).toEqual({
    code: "internal",
    message: "RangeError in the agent's own code",
  });
});
