import { type Message, systemMessage, userMessage } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { transcriptIssues } from "../model/transcript.js";
import { transcripts } from "./testing/random-transcript.js";
import { summaryEnd, type WindowLimits, windowStart } from "./window.js";

const length = (message: Message) => JSON.stringify(message.parts).length;
const limits: WindowLimits = {
  maxTokens: Number.POSITIVE_INFINITY,
  maxMessages: 1_000,
  countTokens: length,
  fromTheBeginning: true,
};
const sum = (messages: readonly Message[]) =>
  messages.reduce((tokens, message) => tokens + length(message), 0);
const answer = (text: string): Message => ({ role: "assistant", parts: [{ type: "text", text }] });
const call = (callId: string): Message => ({
  role: "assistant",
  parts: [{ type: "tool-call", callId, name: "lookup", input: {} }],
});
const result = (callId: string): Message => ({
  role: "tool",
  parts: [{ type: "tool-result", callId, name: "lookup", output: 1, failed: false, origin: "tool" }],
});

/** Whether a part of a transcript from here on may be sent, by the letter of the rules. */
function maySend(messages: readonly Message[], start: number, { fromTheBeginning }: WindowLimits): boolean {
  const begins = messages[start]?.role === "user" || (start === 0 && fromTheBeginning);
  const window = messages.slice(start);
  return begins && transcriptIssues(window).length === 0 && window.every(({ role }) => role !== "system");
}

const someLimits = fc.record({
  maxTokens: fc.oneof(fc.nat(3_000), fc.constant(Number.POSITIVE_INFINITY)),
  maxMessages: fc.integer({ min: 1, max: 40 }),
  countTokens: fc.constant(length),
  fromTheBeginning: fc.boolean(),
});

describe("a window", () => {
  it("is the longest end of a transcript that may be sent and fits", () => {
    fc.assert(
      fc.property(transcripts, someLimits, (messages, room) => {
        const start = windowStart(messages, room);
        const fits = (from: number) =>
          sum(messages.slice(from)) <= room.maxTokens && messages.length - from <= room.maxMessages;
        if (start < messages.length) {
          expect(maySend(messages, start, room)).toBe(true);
          expect(fits(start)).toBe(true);
        }
        for (let longer = 0; longer < start; longer++) {
          expect(maySend(messages, longer, room) && fits(longer)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("never takes a tool's result without its call", () => {
    const messages = [userMessage("a"), call("1"), result("1"), answer("b"), userMessage("c"), answer("d")];
    const room = { ...limits, maxTokens: sum(messages.slice(2)) };
    expect(windowStart(messages, room)).toBe(4);
  });

  it("begins at what somebody said", () => {
    const messages = [userMessage("a"), answer("b"), userMessage("c"), answer("d")];
    expect(windowStart(messages, { ...limits, maxTokens: sum(messages.slice(1)) })).toBe(2);
  });

  it("begins at the agent's own words only where the thread does", () => {
    const messages = [answer("Good morning!"), userMessage("a")];
    expect(windowStart(messages, limits)).toBe(0);
    expect(windowStart(messages, { ...limits, fromTheBeginning: false })).toBe(1);
  });

  it("is empty when not even the last turn fits", () => {
    const messages = [userMessage("a"), userMessage("b".repeat(500)), answer("c")];
    expect(windowStart(messages, { ...limits, maxTokens: 100 })).toBe(3);
    expect(windowStart(messages, { ...limits, maxMessages: 1 })).toBe(3);
    expect(windowStart([], limits)).toBe(0);
  });

  it("holds nothing from before a call that has no result, nor instructions that stand in a thread", () => {
    const broken = [userMessage("a"), call("1"), userMessage("b"), answer("c")];
    expect(windowStart(broken, limits)).toBe(2);
    const instructed = [userMessage("a"), systemMessage("Obey."), userMessage("b")];
    expect(windowStart(instructed, limits)).toBe(2);
  });
});

describe("the end of what is summarised", () => {
  it("stands before a turn, and leaves what takes no more than it may", () => {
    fc.assert(
      fc.property(transcripts, fc.nat(500), fc.integer({ min: 500, max: 3_000 }), (messages, keep, max) => {
        const room = { ...limits, maxTokens: max, keepTokens: keep };
        const end = summaryEnd(messages, room);
        const kept = messages.slice(end);
        if (end === messages.length) return;
        expect(maySend(messages, end, limits)).toBe(true);
        const turnsKept = kept.filter(({ role }) => role === "user").length;
        expect(turnsKept <= 1 || sum(kept) <= keep).toBe(true);
        expect(sum(kept)).toBeLessThanOrEqual(max);
      }),
      { numRuns: 500 },
    );
  });

  it("leaves the last turn whenever a window can hold it", () => {
    const messages = [userMessage("a"), answer("b"), userMessage("c".repeat(300)), answer("d")];
    expect(summaryEnd(messages, { ...limits, keepTokens: 0 })).toBe(2);
    expect(summaryEnd(messages, { ...limits, keepTokens: 0, maxTokens: 100 })).toBe(4);
    expect(summaryEnd(messages, { ...limits, keepTokens: 0, maxMessages: 1 })).toBe(4);
  });

  it("leaves no more than half of the messages of a window", () => {
    const messages = Array.from({ length: 10 }, (_, index) => userMessage(`${index}`));
    expect(summaryEnd(messages, { ...limits, keepTokens: 1_000, maxMessages: 8 })).toBe(6);
  });
});
