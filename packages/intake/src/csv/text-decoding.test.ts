import { expect, it } from "vitest";
import { decodeWindows1252 } from "./text-decoding.js";

it("decodes every byte of Windows-1252", () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);

  const text = decodeWindows1252(all);

  expect(text).toHaveLength(256);
  expect(text.slice(0x20, 0x7f)).toBe(String.fromCharCode(...all.subarray(0x20, 0x7f)));
  expect([text[0x80], text[0x93], text[0x99], text[0x9f], text[0xe9]]).toEqual(["€", "“", "™", "Ÿ", "é"]);
});

it("decodes more bytes than a call can have arguments", () => {
  expect(decodeWindows1252(new Uint8Array(300_000).fill(0xe9))).toBe("é".repeat(300_000));
});
