import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
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

  it("is the same of a text that is long", async () => {
    const text = "Zoë ".repeat(10_000);
    expect(await sha256(text)).toBe(createHash("sha256").update(text).digest("hex"));
  });

  it("is the same where there is no Node", async () => {
    vi.resetModules();
    const elsewhere = await import("./sha256.js");
    const asked = vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined);
    expect(await elsewhere.sha256("Zoë")).toBe(createHash("sha256").update("Zoë").digest("hex"));
    expect(asked).toHaveBeenCalledOnce();
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});
