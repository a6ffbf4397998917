import { type Message, SalesAgentError, userMessage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { checkTranscript } from "./transcript.js";

const call = (...ids: string[]): Message => ({
  role: "assistant",
  parts: ids.map((callId) => ({ type: "tool-call", callId, name: "lookup", input: {} })),
});
const results = (...ids: string[]): Message => ({
  role: "tool",
  parts: ids.map((callId) => ({
    type: "tool-result",
    callId,
    name: "lookup",
    output: "ok",
    failed: false,
    origin: "tool",
  })),
});

function issuesOf(messages: readonly Message[]): string[] {
  try {
    checkTranscript(messages);
    return [];
  } catch (error) {
    if (!SalesAgentError.is(error, "transcript.invalid")) throw error;
    return error.facts.issues.map((issue) => issue.path);
  }
}

describe("checkTranscript", () => {
  it.each<[string, Message[]]>([
    ["no tools", [userMessage("hi")]],
    [
      "parallel calls, all answered",
      [userMessage("hi"), call("a", "b"), results("b", "a"), userMessage("go on")],
    ],
    ["results over two messages", [call("a", "b"), results("a"), results("b")]],
    ["the same id in a later turn", [call("a"), results("a"), call("a"), results("a")]],
  ])("passes %s", (_, messages) => {
    expect(issuesOf(messages)).toEqual([]);
  });

  it.each<[string, Message[], string[]]>([
    ["a call without a result", [call("a"), userMessage("hi")], ["messages[1]"]],
    ["a call at the end", [userMessage("hi"), call("a")], ["messages[2]"]],
    ["a result without a call", [results("a")], ["messages[0]"]],
    ["a result given twice", [call("a"), results("a", "a")], ["messages[1]"]],
    ["two calls of one id", [call("a", "a"), results("a")], ["messages[0]"]],
  ])("refuses %s", (_, messages, paths) => {
    expect(issuesOf(messages)).toEqual(paths);
  });
});
