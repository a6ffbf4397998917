import { retryAfterMs } from "@salesagent/ports/http";
import { describe, expect, it } from "vitest";
import { classifyFailure } from "./classify-failure.js";
import { readErrorBody } from "./error-body.js";
import { type FailedCall, toModelError } from "./model-error.js";
import { NdjsonReader } from "./ndjson-reader.js";
import { failureOfResponse } from "./response-check.js";
import { SseReader } from "./sse-reader.js";
import { WholeBody } from "./whole-body.js";

const KEY = "sk-planted-0123456789abcdef";
const CALL: FailedCall = {
  provider: "toy",
  modelId: "t",
  baseUrl: "http://toy.invalid",
  secrets: [KEY],
  nowMs: 0,
  begun: true,
};
const LONG = 15 * 1024 * 1024;
const PIECE = new TextEncoder().encode("a".repeat(512));

/** What costs its square runs into the time limit of the suite here. */
describe("text of a hostile or broken server", () => {
  it("is read in time that grows with its length, also as one line in many pieces", () => {
    const lines: number[] = [];
    const readers = [
      new SseReader((data) => lines.push(data.length)),
      new NdjsonReader((line) => lines.push(line.length)),
    ];
    for (const reader of readers) {
      reader.push(new TextEncoder().encode("data: "));
      for (let size = 0; size < LONG; size += PIECE.length) reader.push(PIECE);
      reader.push(new TextEncoder().encode("\n\n"));
    }

    expect(lines).toEqual([LONG, LONG + "data: ".length]);
  });

  it("is refused when a line passes the limit, wherever it is cut", () => {
    for (const reader of [new SseReader(() => {}), new NdjsonReader(() => {})]) {
      const push = () => {
        for (let size = 0; size <= 16 * 1024 * 1024; size += 65_536)
          reader.push(new Uint8Array(65_536).fill(97));
      };
      expect(push).toThrow(RangeError);
    }
  });

  it("is classified in time that grows with its length", () => {
    const words = { status: 400, vendorCode: undefined, emptyBody: false };
    const vendorMessage = "input token count ".repeat(200_000);

    expect(classifyFailure({ ...words, vendorMessage })).toBe("model.bad_request");
    expect(
      classifyFailure({
        ...words,
        vendorMessage: "The input token count (1200000) exceeds the maximum number of tokens allowed.",
      }),
    ).toBe("model.context_length");
  });

  it("is read for a title in time that grows with its length", async () => {
    const failure = await failureOfResponse(new Response("<title".repeat(20_000), { status: 502 }));

    expect(failure.init.vendorMessage).toBe("a web page");
  });

  it("tells no part of a secret that stands where the excerpt ends", () => {
    for (let before = 270; before <= 300; before++) {
      const body = new WholeBody();
      body.push(new TextEncoder().encode(`${"x".repeat(before)}${KEY}`));
      let failure: unknown;
      try {
        body.end();
      } catch (error) {
        failure = error;
      }
      const told = JSON.stringify(toModelError(failure, CALL));
      expect(told).not.toContain(KEY.slice(0, 4));
    }
  });

  it("tells no wait that is not a number", () => {
    const retryDelay = (wait: string) =>
      readErrorBody({ error: { details: [{ retryDelay: wait }] } })?.retryAfterMs;

    expect(retryDelay("34.4s")).toBe(34_400);
    expect(retryDelay("...s")).toBeUndefined();
    expect(retryAfterMs(new Headers({ "retry-after": "1e308" }), 0)).toBeUndefined();
  });
});
