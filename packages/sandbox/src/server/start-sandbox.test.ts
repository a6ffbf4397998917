import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { FLAVORS, VENDORS } from "../dialect.js";
import { postRaw } from "../testing/raw-exchange.js";
import { type Sandbox, startSandbox } from "./start-sandbox.js";

const BODY = { model: "m", stream: true, messages: [{ role: "user", content: "Hello" }] };
const post = (sandbox: Sandbox, body: string, signal?: AbortSignal) =>
  fetch(`${sandbox.url("openai")}/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer sk-test-1234567890" },
    body,
    ...(signal === undefined ? {} : { signal }),
  });

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
      status: 200,
      headers: { authorization: "Bearer …7890" },
      body: { model: "m" },
    });
  });

  it("lists a base URL for every vendor, and refuses an unknown one", async () => {
    await using sandbox = await startSandbox();

    expect(sandbox.urls.map(({ vendor }) => vendor)).toEqual(VENDORS);
    expect(sandbox.url("openai")).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/openai\/v1$/);
    expect(sandbox.url("openai", { flavor: "cerebras" })).toBe(sandbox.url("cerebras"));
    // @ts-expect-error: no such vendor
    expect(() => sandbox.url("nobody")).toThrow(TypeError);
  });

  it("answers many clients at once", async () => {
    await using sandbox = await startSandbox({
      script: { text: "all of it", timing: { betweenTokensMs: 0 } },
    });

    const answers = await Promise.all(
      Array.from({ length: 200 }, async () => (await post(sandbox, JSON.stringify(BODY))).text()),
    );

    expect(answers.filter((answer) => answer.endsWith("data: [DONE]\n\n"))).toHaveLength(200);
    expect(sandbox.requests).toHaveLength(200);
    await sandbox.settled();
    expect(sandbox.connections().busy).toBe(0);
  });

  it("refuses a body over its limit, and remembers so many requests", async () => {
    await using sandbox = await startSandbox({ maxBodyBytes: 1000, maxRequests: 2 });
    const large = JSON.stringify({ ...BODY, padding: "x".repeat(100_000) });

    const statuses = [];
    for (const body of [JSON.stringify(BODY), large, large])
      statuses.push((await post(sandbox, body)).status);

    expect(statuses).toEqual([200, 413, 413]);
    expect(sandbox.requests.map(({ index }) => index)).toEqual([1, 2]);
    await expect(startSandbox({ maxRequests: 0 })).rejects.toThrow(RangeError);
  });

  it("notices when a client gives up, and settles", async () => {
    const caller = new AbortController();
    await using sandbox = await startSandbox({ script: { fault: { type: "stall" } } });
    const response = await post(sandbox, JSON.stringify(BODY), caller.signal);

    expect(sandbox.connections().busy).toBe(1);
    caller.abort();
    await sandbox.settled();

    expect(sandbox.requests[0]?.outcome).toBe("client-closed");
    await expect(response.text()).rejects.toThrow();
  });

  it("ends what is under way when it closes, and closes twice", async () => {
    const sandbox = await startSandbox({ script: { fault: { type: "silence" } } });
    const raw = postRaw(`${sandbox.url("openai")}/chat/completions`, BODY);
    await expect.poll(() => sandbox.connections().busy).toBe(1);

    await Promise.all([sandbox.close(), sandbox.close()]);
    await raw.ended;

    expect(sandbox.connections()).toEqual({ open: 0, busy: 0 });
  });

  it("tells a line for each request, without keys", async () => {
    const lines: string[] = [];
    await using sandbox = await startSandbox({ log: (line) => lines.push(line) });
    const url = `${sandbox.url("gemini")}/models/m:generateContent?key=AIza-secret-0123456789`;
    await (await fetch(url, { method: "POST", body: '{"contents":[{"parts":[{"text":"Hi"}]}]}' })).text();
    await sandbox.settled();

    await expect
      .poll(() => lines)
      .toEqual([
        expect.stringMatching(
          /^POST \/gemini\/v1beta\/models\/m:generateContent\?key=… 200 answered \d+ ms$/,
        ),
      ]);
    expect(JSON.stringify(sandbox.requests)).not.toContain("secret");
  });

  it("rejects when its port is taken", async () => {
    await using sandbox = await startSandbox();
    const port = Number(new URL(sandbox.origin).port);

    await expect(startSandbox({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it("speaks Ollama's lists and the compatible endpoint beside its native one", async () => {
    await using sandbox = await startSandbox({ script: { text: "Hi" } });
    const at = async (path: string, body?: object) => {
      const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
      return (await fetch(sandbox.url("ollama") + path, init)).json();
    };

    expect(await at("/api/version")).toEqual({ version: "0.0.0-simulated" });
    expect(await at("/api/tags")).toMatchObject({ models: [{ model: "simulated-model:latest" }] });
    expect(await at("/api/show", { model: "m" })).toMatchObject({
      capabilities: ["completion", "tools", "thinking"],
    });
    expect(await at("/api/embed", { model: "m", input: ["a", "b"], dimensions: 8 })).toMatchObject({
      embeddings: [{ length: 8 }, { length: 8 }],
    });
    expect(await at("/v1/chat/completions", { ...BODY, stream: false })).toMatchObject({
      choices: [{ message: { content: "Hi" } }],
    });
  });
});
