import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { FLAVORS } from "../dialect.js";
import { startSandbox } from "./start-sandbox.js";

describe("startSandbox", () => {
  it.each(FLAVORS)("streams a scripted reply that the official client reads, as %s", async (flavor) => {
    const text = "Grüße aus dem Sandkasten 🏖️, simulated.";
    await using sandbox = await startSandbox({ script: [{ text, reasoning: "Think first." }] });
    const client = new OpenAI({ apiKey: "sk-test-1234567890", baseURL: sandbox.url(flavor), maxRetries: 0 });

    const stream = await client.chat.completions.create({
      model: "m",
      stream: true,
      messages: [{ role: "user", content: "Hello" }],
    });
    let heard = "";
    for await (const chunk of stream) {
      const content: unknown = chunk.choices[0]?.delta.content;
      const isThought = "extra_content" in (chunk.choices[0]?.delta ?? {});
      if (typeof content === "string" && !isThought) heard += content;
    }

    expect(heard).toBe(text);
    sandbox.verify();
    expect(sandbox.requests[0]).toMatchObject({
      outcome: "answered",
      headers: { authorization: "Bearer …7890" },
    });
  });
});
