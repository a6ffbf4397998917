import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromTraceparent, toTraceparent } from "./traceparent.js";

const trace = "0af7651916cd43dd8448eb211c80319c";
const span = "b7ad6b7169203331";

describe("traceparent", () => {
  it("is read back as it was written", () => {
    const hex = (length: number) => fc.stringMatching(new RegExp(`^[1-9a-f][0-9a-f]{${length - 1}}$`));
    fc.assert(
      fc.property(hex(32), hex(16), fc.nat(255), (traceId, spanId, traceFlags) => {
        const text = toTraceparent({ traceId, spanId, traceFlags });
        expect(fromTraceparent(text ?? "")).toEqual({ traceId, spanId, traceFlags, isRemote: true });
      }),
    );
  });

  it("of a later version is read by the fields that are known", () => {
    expect(fromTraceparent(`01-${trace}-${span}-01-more`)).toMatchObject({ traceId: trace, spanId: span });
  });

  it.each([
    "",
    "00",
    `ff-${trace}-${span}-01`,
    `00-${"0".repeat(32)}-${span}-01`,
    `00-${trace}-${"0".repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `00-${trace}-${span}`,
    ` 00-${trace}-${span}-01`,
  ])("is not %j", (text) => {
    expect(fromTraceparent(text)).toBeUndefined();
  });

  it("is not written for a span that nobody traces", () => {
    expect(toTraceparent({ traceId: "0".repeat(32), spanId: "0".repeat(16), traceFlags: 0 })).toBeUndefined();
    expect(toTraceparent(undefined)).toBeUndefined();
  });
});
