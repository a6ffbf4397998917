import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256, sha256Base64Url } from "./sha256.js";

describe("sha256", () => {
  it("is what Node's own makes of any text", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), async (text) => {
        const expected = createHash("sha256").update(text);
        expect(await sha256(text)).toBe(expected.copy().digest("hex"));
        expect(await sha256Base64Url(text)).toBe(expected.digest("base64url"));
      }),
    );
  });
});
