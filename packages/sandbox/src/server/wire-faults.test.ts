import { describe, expect, it } from "vitest";
import type { Fault } from "../fault.js";
import { ManualClock } from "../testing/manual-clock.js";
import { dechunked, postRaw } from "../testing/raw-exchange.js";
import { startSandbox } from "./start-sandbox.js";

const BODY = { model: "m", stream: true, messages: [{ role: "user", content: "Hello" }] };
const TEXT = "one two three 🏖️ five";

async function exchange(fault: Fault | readonly Fault[], clock = new ManualClock()) {
  const sandbox = await startSandbox({ script: { text: TEXT, fault }, clock });
  return { sandbox, raw: postRaw(`${sandbox.url("openai")}/chat/completions`, BODY) };
}

describe("faults on the wire", () => {
  it("resets the connection before any header", async () => {
    const { sandbox, raw } = await exchange({ type: "reset" });

    expect(await raw.ended).toBe("ECONNRESET");
    expect(raw.received()).toBe("");
    expect(sandbox.requests[0]?.outcome).toBe("reset");
    await sandbox.close();
  });

  it("resets the connection after the events it was told to send", async () => {
    const { sandbox, raw } = await exchange({ type: "reset", afterEvents: 2 });

    // a client that had not read everything yet sees the end before the reset
    expect(["ECONNRESET", "end"]).toContain(await raw.ended);
    expect(raw.received().match(/^data: /gm)).toHaveLength(2);
    expect(raw.received()).not.toContain("\r\n0\r\n\r\n");
    expect(sandbox.requests[0]?.outcome).toBe("reset");
    await sandbox.close();
  });

  it("takes a request and never answers it", async () => {
    const { sandbox, raw } = await exchange({ type: "silence" });
    await expect.poll(() => sandbox.requests.length).toBe(1);

    expect(sandbox.connections()).toEqual({ open: 1, busy: 1 });
    raw.socket.destroy();
    await sandbox.settled();

    expect(raw.received()).toBe("");
    expect(sandbox.requests[0]?.outcome).toBe("client-closed");
    await sandbox.close();
  });

  it("ends cleanly, before the finish, when cut", async () => {
    const { sandbox, raw } = await exchange({ type: "cut" });
    await raw.has("\r\n0\r\n\r\n");

    const body = dechunked(raw.received());
    expect(body).toContain("three");
    expect(body).not.toContain("stop");
    expect(body).not.toContain("[DONE]");
    expect(sandbox.requests[0]?.outcome).toBe("cut");
    await sandbox.close();
  });

  it("goes quiet after some events, with signs of life on the way", async () => {
    const clock = new ManualClock();
    const { sandbox, raw } = await exchange({ type: "stall", afterEvents: 3, keepAliveEveryMs: 1000 }, clock);
    await raw.has("two");
    await clock.waits();
    clock.advance(1000);
    await raw.has(": keep-alive\n\n");

    expect(raw.received()).not.toContain("three");
    expect(sandbox.requests[0]?.outcome).toBe("pending");
    await sandbox.close();
    expect(clock.pending).toBe(0);
    expect(sandbox.requests[0]?.outcome).toBe("sandbox-closed");
  });

  it("holds headers, the first token and each next one back by the clock", async () => {
    const clock = new ManualClock();
    await using sandbox = await startSandbox({
      clock,
      script: { text: "one two", timing: { headersMs: 10, firstTokenMs: 20, betweenTokensMs: 30 } },
    });
    const raw = postRaw(`${sandbox.url("deepseek")}/chat/completions`, BODY);

    await clock.waits();
    expect(raw.received()).toBe("");
    clock.advance(10);
    await raw.has('"role":"assistant"');
    expect(raw.received()).not.toContain("one");
    await clock.waits();
    clock.advance(20);
    await raw.has("one");
    expect(raw.received()).not.toContain("two");
    await clock.waits();
    clock.advance(30);
    await raw.has("two");
  });

  it.each<[string, Fault, string]>([
    ["seconds", { type: "status", status: 429, retryAfter: { seconds: 7 } }, "retry-after: 7\r\n"],
    [
      "an HTTP date",
      { type: "status", status: 429, retryAfter: { httpDateInMs: 5000 } },
      "retry-after: Mon, 05 Jan 2026 12:00:05 GMT\r\n",
    ],
    [
      "milliseconds",
      { type: "status", status: 429, retryAfter: { milliseconds: 250 } },
      "retry-after-ms: 250\r\n",
    ],
  ])("tells the wait in %s", async (_form, fault, header) => {
    const { sandbox, raw } = await exchange(fault);
    await raw.has("rate_limit_exceeded");

    expect(raw.received()).toMatch(/^HTTP\/1\.1 429 /);
    expect(raw.received()).toContain(header);
    await sandbox.close();
  });

  it("stops writing and frees its timer when the client leaves", async () => {
    const clock = new ManualClock();
    await using sandbox = await startSandbox({
      clock,
      script: { text: TEXT, timing: { betweenTokensMs: 50 } },
    });
    const raw = postRaw(`${sandbox.url("openai")}/chat/completions`, BODY);
    await raw.has("one");
    await clock.waits();

    raw.socket.destroy();
    await sandbox.settled();

    expect(clock.pending).toBe(0);
    expect(sandbox.requests[0]?.outcome).toBe("client-closed");
  });

  it("keeps a socket for the next request after a whole answer", async () => {
    await using sandbox = await startSandbox({ script: { text: "Hi" } });
    const raw = postRaw(`${sandbox.url("openai")}/chat/completions`, BODY);
    await raw.has("[DONE]");
    await sandbox.settled();

    expect(sandbox.connections()).toEqual({ open: 1, busy: 0 });
  });
});
