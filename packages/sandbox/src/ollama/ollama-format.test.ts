import { describe, expect, it } from "vitest";
import { renderReply } from "../render-reply.js";
import { postJson } from "../testing/post-json.js";

const REPLY = {
  text: "Hi there",
  reasoning: "Hm.",
  toolCalls: [{ name: "weather", arguments: { place: "Bern" } }],
};

describe("Ollama's format", () => {
  it("sends lines: thinking, text, whole calls with objects, and a last one that stops", () => {
    const { text, contentType } = renderReply("ollama", REPLY);
    const lines = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));

    expect(contentType).toBe("application/x-ndjson");
    expect(lines.map(({ message }) => message)).toMatchObject([
      { thinking: "Hm.", content: "" },
      { content: "Hi" },
      { content: " there" },
      { tool_calls: [{ function: { index: 0, name: "weather", arguments: { place: "Bern" } } }] },
      { content: "" },
    ]);
    expect(lines.map(({ done }) => done)).toEqual([false, false, false, false, true]);
    expect(lines.at(-1)).toMatchObject({ done_reason: "stop", eval_count: expect.any(Number) });
  });

  it("leaves a count of zero out", () => {
    const { text } = renderReply("ollama", { text: "Hi", usage: { inputTokens: 0 } }, { stream: false });

    expect(text).not.toContain("prompt_eval_count");
  });

  it("loses the last line end when told so", () => {
    const { text } = renderReply("ollama", { ...REPLY, fault: { type: "no-final-newline" } });

    expect(text).toMatch(/"done":true[^\n]*\}$/);
  });

  it("tells an error in a line of its own under status 200", () => {
    const { text, status } = renderReply("ollama", { ...REPLY, fault: { type: "in-band-error" } });

    expect(status).toBe(200);
    expect(text).toMatch(/\n\{"error":"[^"]+"\}\n$/);
  });

  it("streams unless told not to", async () => {
    const body = { model: "m", messages: [{ role: "user", content: "Hi" }] };

    expect((await postJson("ollama", "/api/chat", body)).headers.get("content-type")).toBe(
      "application/x-ndjson",
    );
    const whole = await postJson("ollama", "/api/chat", { ...body, stream: false });
    expect(whole.headers.get("content-type")).toBe("application/json");
  });
});
