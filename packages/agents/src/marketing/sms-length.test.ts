import { describe, expect, it } from "vitest";
import { smsLength } from "./sms-length.js";

describe("smsLength", () => {
  it.each([
    ["a".repeat(160), "gsm-7", 160, 1],
    ["a".repeat(161), "gsm-7", 161, 2],
    ["a".repeat(306), "gsm-7", 306, 2],
    ["a".repeat(307), "gsm-7", 307, 3],
    ["€".repeat(80), "gsm-7", 160, 1],
    [`${"a".repeat(152)}€${"a".repeat(152)}`, "gsm-7", 306, 3],
    ["Grüße à Ørsted", "gsm-7", 14, 1],
    ["’".repeat(70), "ucs-2", 70, 1],
    ["’".repeat(71), "ucs-2", 71, 2],
    ["😀".repeat(35), "ucs-2", 70, 1],
    ["😀".repeat(67), "ucs-2", 134, 3],
    ["", "gsm-7", 0, 1],
  ])("counts %s", (text, encoding, places, segments) => {
    expect(smsLength(text)).toEqual({ encoding, places, segments });
  });
});
