import { describe, expect, it } from "vitest";
import { failureOfResponse, parseJson, refuseWrongFormat } from "./response-check.js";
import { findWireFailure, type WireFailure } from "./wire-failure.js";

const SSE = ["text/event-stream"];

async function refusal(response: Response): Promise<WireFailure["init"] | undefined> {
  try {
    await refuseWrongFormat(response, SSE);
    return undefined;
  } catch (error) {
    return findWireFailure(error)?.init;
  }
}

describe("failureOfResponse", () => {
  it("keeps status, headers, code and words", async () => {
    const body = JSON.stringify({ error: { message: "slow down", code: "rate_limit_exceeded" } });
    const { init } = await failureOfResponse(
      new Response(body, { status: 429, headers: { "retry-after": "3" } }),
    );
    expect(init).toMatchObject({
      kind: "status",
      status: 429,
      vendorCode: "rate_limit_exceeded",
      vendorMessage: "slow down",
    });
    expect(init.headers?.get("retry-after")).toBe("3");
  });

  it("trusts the response's status over one that the body names", async () => {
    const { init } = await failureOfResponse(
      new Response('{"error":{"message":"x","code":429}}', { status: 503 }),
    );
    expect(init.status).toBe(503);
  });

  it.each([
    ["<html><head><title> 502 Bad Gateway </title></head></html>", 'a web page titled "502 Bad Gateway"'],
    ["<!doctype html><p>Sorry</p>", "a web page"],
    ["upstream connect error", "upstream connect error"],
    ["   ", undefined],
  ])("says %j in words", async (body, words) => {
    expect((await failureOfResponse(new Response(body, { status: 502 }))).init.vendorMessage).toBe(words);
  });

  it("takes a response without a body", async () => {
    expect((await failureOfResponse(new Response(null, { status: 413 }))).init).toMatchObject({
      status: 413,
    });
  });

  it("reads no more than the start of an endless body, and lets go of it", async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(16 * 1024).fill(120)),
      cancel: () => {
        cancelled = true;
      },
    });
    const { init } = await failureOfResponse(new Response(body, { status: 500 }));
    expect(init.vendorMessage?.length).toBeLessThanOrEqual(80 * 1024);
    expect(cancelled).toBe(true);
  });
});

describe("refuseWrongFormat", () => {
  it.each(["text/event-stream", "text/event-stream; charset=utf-8", "TEXT/Event-Stream ;x=y", ""])(
    "lets %j through",
    async (type) => {
      const response = new Response(new Uint8Array([1]), { headers: type ? { "content-type": type } : {} });
      expect(await refusal(response)).toBeUndefined();
      expect(response.bodyUsed).toBe(false);
    },
  );

  it("takes an error in JSON for an error inside the answer", async () => {
    const response = new Response('{"error":{"message":"no","type":"overloaded_error"}}', {
      headers: { "content-type": "application/json" },
    });
    expect(await refusal(response)).toMatchObject({ kind: "in-band", vendorCode: "overloaded_error" });
  });

  it("takes any other JSON, a web page and nothing at all for malformed", async () => {
    const json = { "content-type": "application/json" };
    expect(await refusal(new Response('{"choices":[]}', { headers: json }))).toMatchObject({
      kind: "malformed",
    });
    const page = new Response("<title>Login</title>", { headers: { "content-type": "text/html" } });
    expect(await refusal(page)).toMatchObject({
      kind: "malformed",
      vendorMessage: 'a web page titled "Login"',
    });
    expect(await refusal(new Response(null, { headers: json }))).toMatchObject({ kind: "malformed" });
  });
});

describe("parseJson", () => {
  it("parses, or answers nothing", () => {
    expect(parseJson('{"a":[1,null]}')).toEqual({ a: [1, null] });
    expect(parseJson("null")).toBeNull();
    expect(parseJson('{"a":')).toBeUndefined();
    expect(parseJson("")).toBeUndefined();
  });
});
