import { describe, expect, it } from "vitest";
import type { Fault } from "../fault.js";
import { ManualClock } from "../testing/manual-clock.js";
import { createSandboxFetch } from "./sandbox-fetch.js";

function ask(fault: Fault | readonly Fault[], signal?: AbortSignal, clock = new ManualClock()) {
  const sandbox = createSandboxFetch({ script: { text: "one two three", fault }, clock });
  const answer = sandbox.fetch(`${sandbox.url("openai")}/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer sk-test-1234567890" },
    body: JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: "Hello" }] }),
    ...(signal === undefined ? {} : { signal }),
  });
  return { sandbox, answer };
}

async function chunksOf(response: Response): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body ?? []) chunks.push(chunk as Uint8Array);
  return chunks;
}

describe("createSandboxFetch", () => {
  it("gives one read for each write", async () => {
    const { answer } = ask({ type: "split", size: 1 });

    const chunks = await chunksOf(await answer);

    expect(chunks.every(({ length }) => length === 1)).toBe(true);
    expect(Buffer.concat(chunks).toString()).toMatch(/one.*two.*three.*\[DONE\]\n\n$/s);
  });

  it("fails as Node's fetch does when the connection resets", async () => {
    await expect(ask({ type: "reset" }).answer).rejects.toMatchObject({
      name: "TypeError",
      message: "fetch failed",
      cause: { code: "ECONNRESET" },
    });
    const response = await ask({ type: "reset", afterEvents: 2 }).answer;
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toContain("one");
    await expect(reader?.read()).rejects.toMatchObject({
      message: "terminated",
      cause: { code: "UND_ERR_SOCKET" },
    });
  });

  it("rejects with the caller's reason, before headers and in the middle", async () => {
    const early = new AbortController();
    const { sandbox, answer } = ask({ type: "silence" }, early.signal);
    await expect.poll(() => sandbox.requests.length).toBe(1);
    early.abort(new Error("hung up"));
    await expect(answer).rejects.toThrow("hung up");
    expect(sandbox.requests[0]?.outcome).toBe("client-closed");

    const late = new AbortController();
    const stalled = await ask({ type: "stall", afterEvents: 2 }, late.signal).answer;
    const reader = stalled.body?.getReader();
    await reader?.read();
    late.abort(new Error("hung up later"));
    await expect(reader?.read()).rejects.toThrow("hung up later");
  });

  it("leaves no timer behind a body that is cancelled", async () => {
    const clock = new ManualClock();
    const { sandbox, answer } = ask({ type: "stall", keepAliveEveryMs: 10 }, undefined, clock);
    const response = await answer;
    const reader = response.body?.getReader();
    await reader?.read();
    await clock.waits();

    await reader?.cancel();

    expect(clock.pending).toBe(0);
    expect(sandbox.requests[0]?.outcome).toBe("client-closed");
  });

  it("sends the same bytes again when renderings are reused, and others when not", async () => {
    const bytes = async (reuseRenderings: boolean, contents: readonly string[]) => {
      const sandbox = createSandboxFetch({ script: { text: "Hi" }, reuseRenderings });
      const answers = contents.map(async (content) => {
        const response = await sandbox.fetch(`${sandbox.url("openai")}/chat/completions`, {
          method: "POST",
          headers: { authorization: "Bearer k" },
          body: JSON.stringify({ model: "m", messages: [{ role: "user", content }] }),
        });
        return response.text();
      });
      return new Set(await Promise.all(answers)).size;
    };

    expect(await bytes(true, ["a", "a"])).toBe(1);
    expect(await bytes(true, ["a", "b"])).toBe(2);
    expect(await bytes(false, ["a", "a"])).toBe(2);
  });
});
