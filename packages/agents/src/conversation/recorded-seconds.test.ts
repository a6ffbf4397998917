import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recordedSeconds } from "./recorded-seconds.js";

/** A WAV of samples of 16 bits, one channel, 8,000 a second. */
function wav(dataBytes: number, told = dataBytes, before: readonly number[] = []): Uint8Array {
  const text = (value: string) => [...value].map((char) => char.charCodeAt(0));
  const word = (value: number) => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];
  const format = [...word(0x00010001), ...word(8_000), ...word(16_000), ...word(0x00100002)];
  return new Uint8Array([
    ...[...text("RIFF"), ...word(0), ...text("WAVE"), ...before],
    ...[...text("fmt "), ...word(16), ...format, ...text("data"), ...word(told)],
    ...new Array<number>(dataBytes).fill(0),
  ]);
}

const odd = [0x4c, 0x49, 0x53, 0x54, 3, 0, 0, 0, 1, 2, 3, 0]; // a chunk of three bytes, and one to make it even

describe("recordedSeconds", () => {
  it.each([
    ["audio/wav", wav(8_000), 0.5],
    ["audio/x-wav", wav(8_000, 8_000, odd), 0.5],
    ["audio/WAV", wav(8_000, 0xffffffff), 0.5],
    ["audio/l16;rate=8000", new Uint8Array(8_000), 0.5],
    ["audio/L16; rate=8000; channels=2", new Uint8Array(8_000), 0.25],
    ["audio/l16", new Uint8Array(8_000), undefined],
    ["audio/mpeg", new Uint8Array(8_000), undefined],
    ["audio/wav", new Uint8Array(8_000), undefined],
    ["audio/wav", wav(8_000).subarray(0, 20), undefined],
  ])("reads %s", (mimeType, bytes, seconds) => {
    expect(recordedSeconds({ mimeType, bytes })).toBe(seconds);
  });

  it("makes a number, or nothing, of anything", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.uint8Array({ maxLength: 60 }).map((rest) => new Uint8Array([...wav(0).subarray(0, 36), ...rest])),
    );
    fc.assert(
      fc.property(
        bytes,
        fc.constantFrom("audio/wav", "audio/l16;rate=0", "audio/l16;rate=8000"),
        (given, mimeType) => {
          const seconds = recordedSeconds({ bytes: given, mimeType });
          expect(seconds === undefined || (Number.isFinite(seconds) && seconds >= 0)).toBe(true);
        },
      ),
    );
  });
});
