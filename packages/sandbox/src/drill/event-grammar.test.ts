import { describe, expect, it } from "vitest";
import type { DrillEvent } from "./drill-subject.js";
import { grammarProblem } from "./event-grammar.js";

const facts = { provider: "acme", modelId: "one", warnings: [], rateLimits: [] };
const start: DrillEvent = { type: "start", ...facts };
const text: DrillEvent = { type: "text-delta", text: "Good day." };
const restart: DrillEvent = { type: "restart", ...facts, errorCode: "model.stream_cut" };
const goOn: DrillEvent = { type: "continue", ...facts, errorCode: "model.stream_cut" };
const finish: DrillEvent = {
  type: "finish",
  reason: "stop",
  usage: {},
  timings: { totalMs: 1 },
  attempts: [],
};

describe("grammarProblem", () => {
  it.each([
    ["a plain answer", [start, text, finish]],
    ["an answer without text", [start, finish]],
    ["restarts in a row", [start, text, restart, restart, text, finish]],
    ["a continued text", [start, text, goOn, text, goOn, text, finish]],
  ])("takes %s", (_, events) => {
    expect(grammarProblem(events)).toBeUndefined();
  });

  it.each<[string, readonly DrillEvent[], RegExp]>([
    ["nothing", [], /begin with nothing/],
    ["text before the start", [text, start, finish], /begin with text-delta/],
    ["an end without a finish", [start, text], /without a finish/],
    ["a second start", [start, text, start, finish], /a second start/],
    ["text after the finish", [start, finish, text, finish], /a second finish/],
    ["a continue before any text", [start, goOn, text, finish], /before any text/],
    ["a continue right after a restart", [start, text, restart, goOn, text, finish], /before any text/],
  ])("finds %s", (_, events, problem) => {
    expect(grammarProblem(events)).toMatch(problem);
  });
});
