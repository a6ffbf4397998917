import type { StreamReader } from "@salesagent/core/live";
import type { StoredStreamEvent } from "@salesagent/ports";
import { expect, it } from "vitest";
import { streamFrames } from "./event-frames.js";

/** A reader that finds `size` events of `chars` characters at once, and then the end. */
function readerOf(size: number, chars: number) {
  const events = Array.from(
    { length: size },
    (_, index): StoredStreamEvent => ({
      seq: index + 1,
      type: "text",
      data: { text: "x".repeat(chars) },
    }),
  );
  let given = 0;
  const reader = {
    record: { status: "completed" },
    async next() {
      const value = events[given];
      given += 1;
      return value ? { done: false, value } : { done: true };
    },
    buffered() {
      const rest = events.slice(given);
      given = events.length;
      return rest;
    },
    return: async () => ({ done: true }),
  };
  return reader as unknown as StreamReader;
}

async function piecesOf(reader: StreamReader): Promise<readonly string[]> {
  const source = streamFrames(reader, () => {});
  const pieces: string[] = [];
  for (let piece = await source.next(); piece; piece = await source.next()) {
    pieces.push(new TextDecoder().decode(piece));
  }
  return pieces;
}

const idsIn = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));

it("sends small events that came together as one piece", async () => {
  const pieces = await piecesOf(readerOf(256, 10));
  expect(pieces.map((piece) => idsIn(piece).length)).toEqual([0, 256, 0]);
  expect(pieces[2]).toContain("event: end");
});

it("sends large events in pieces of bounded bytes, each event once and in order", async () => {
  const pieces = await piecesOf(readerOf(256, 50_000));
  for (const piece of pieces) expect(piece.length).toBeLessThan(65_536 + 51_000);
  expect(pieces.flatMap(idsIn)).toEqual(Array.from({ length: 256 }, (_, index) => index + 1));
  expect(pieces.at(-1)).toContain("event: end");
});

it("sends an event that is larger than a piece by itself", async () => {
  const pieces = await piecesOf(readerOf(3, 200_000));
  expect(pieces.map(idsIn)).toEqual([[], [1], [2], [3], []]);
});
