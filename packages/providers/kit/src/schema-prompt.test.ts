import { systemMessage, userMessage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { withSchemaPrompt } from "./schema-prompt.js";

const output = { name: "score", schema: { type: "object" } };

describe("withSchemaPrompt", () => {
  it("puts the schema behind the host's own words", () => {
    const request = { messages: [userMessage("Hi"), systemMessage("Be brief.")] };
    const { messages } = withSchemaPrompt(request, output);
    expect(messages.map((message) => message.role)).toEqual(["user", "system"]);
    expect(messages[1]?.parts.map((part) => ("text" in part ? part.text : ""))).toEqual([
      "Be brief.",
      expect.stringContaining('{"type":"object"}'),
    ]);
    expect(request.messages[1]?.parts).toHaveLength(1);
  });

  it("begins with it where there is no system message", () => {
    const { messages } = withSchemaPrompt({ messages: [userMessage("Hi")] }, output);
    expect(messages.map((message) => message.role)).toEqual(["system", "user"]);
  });
});
