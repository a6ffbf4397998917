import { getEventListeners } from "node:events";
import { manualClock } from "@salesagent/conformance";
import {
  type ModelCallOptions,
  type ModelEvent,
  type ModelProfile,
  SalesAgentError,
  type Usage,
} from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import type { AnswerDecoder, AnswerEnd } from "./answer-decoder.js";
import { type Exchange, exchangeStream, type PreparedRequest } from "./exchange.js";
import { WireFailure } from "./wire-failure.js";

/** A line of text is a delta, `END` the format's terminator, `FAIL` an error inside the answer. */
class LineDecoder implements AnswerDecoder {
  readonly #more: Partial<AnswerEnd>;
  #rest = "";
  #terminated = false;

  constructor(more: Partial<AnswerEnd> = {}) {
    this.#more = more;
  }

  push(bytes: Uint8Array, events: ModelEvent[]): boolean {
    const lines = (this.#rest + new TextDecoder().decode(bytes)).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "FAIL") throw new WireFailure({ kind: "in-band", vendorCode: "overloaded_error" });
      if (line === "END") this.#terminated = true;
      else if (line !== "") events.push({ type: "text-delta", text: line });
    }
    return this.#terminated;
  }

  end(): AnswerEnd {
    if (!this.#terminated) throw new WireFailure({ kind: "cut" });
    return { reason: "stop", usage: this.usage(), ...this.#more };
  }

  usage(): Usage {
    return { inputTokens: 100, outputTokens: 10 };
  }
}

const profile: ModelProfile = {
  abilities: {
    tools: false,
    parallelTools: false,
    structuredOutput: "none",
    reasoning: false,
    vision: false,
    sampling: false,
    prefill: false,
  },
  price: { input: 1, output: 1, asOf: "2026-11-01" },
  locality: "cloud",
  source: { asOf: "2026-11-01" },
};

/** A body that is written by hand. */
class HandBody {
  cancelled = false;
  readonly stream: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor() {
    this.stream = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.cancelled = true;
      },
    });
  }

  write(text: string): void {
    this.#controller?.enqueue(new TextEncoder().encode(text));
  }

  close(): void {
    this.#controller?.close();
  }

  error(error: Error): void {
    this.#controller?.error(error);
  }
}

interface Options {
  readonly call?: ModelCallOptions;
  readonly prepared?: Partial<PreparedRequest>;
  readonly exchange?: Partial<Exchange>;
}

function exchanged({ call = {}, prepared = {}, exchange = {} }: Options = {}) {
  const body = new HandBody();
  const clock = manualClock();
  const caller = new AbortController();
  const headers = {
    "content-type": "text/lines",
    "x-request-id": "req-1",
    "x-ratelimit-remaining-requests": "9",
  };
  const request: PreparedRequest = {
    send: async () => new Response(body.stream, { headers }),
    decoder: new LineDecoder(),
    mediaTypes: ["text/lines"],
    warnings: [{ field: "seed", message: "no seeds" }],
    secrets: [],
    ...prepared,
  };
  const stream = exchangeStream(
    {
      provider: "acme",
      modelId: "one",
      profile,
      baseUrl: "https://acme.test",
      clock,
      requestIdHeader: "x-request-id",
      prepare: () => request,
      ...exchange,
    },
    { signal: caller.signal, ...call },
  );
  return { body, clock, caller, stream, reading: () => stream[Symbol.asyncIterator]() };
}

async function microtasks(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await null;
}

describe("exchangeStream", () => {
  it("tells what the response's head says, then the body's events, then the account", async () => {
    const { body, clock, reading } = exchanged();
    const events = reading();
    expect((await events.next()).value).toEqual({
      type: "start",
      provider: "acme",
      modelId: "one",
      requestId: "req-1",
      warnings: [{ field: "seed", message: "no seeds" }],
      rateLimits: [{ kind: "requests", remaining: 9 }],
    });
    clock.advance(40);
    body.write("Good day\n");
    expect((await events.next()).value).toEqual({ type: "text-delta", text: "Good day" });
    clock.advance(60);
    body.write("END\n");
    body.close();
    const usage = { inputTokens: 100, outputTokens: 10 };
    expect((await events.next()).value).toEqual({
      type: "finish",
      reason: "stop",
      usage,
      costUsd: 0.00011,
      timings: { firstTokenMs: 40, totalMs: 100 },
      attempts: [
        {
          provider: "acme",
          modelId: "one",
          outcome: "completed",
          requestId: "req-1",
          usage,
          costUsd: 0.00011,
          latencyMs: 100,
        },
      ],
    });
    expect(clock.pendingTimers).toBe(0);
  });

  it("prefers the cost that the vendor tells, and adds fees to a listed one", async () => {
    const told = exchanged({ prepared: { decoder: new LineDecoder({ toldCostUsd: 0.5 }) } });
    told.body.write("END\n");
    told.body.close();
    expect((await told.stream.result()).costUsd).toBe(0.5);

    const fees = exchanged({ prepared: { decoder: new LineDecoder({ feesUsd: 0.01 }) } });
    fees.body.write("END\n");
    fees.body.close();
    expect((await fees.stream.result()).costUsd).toBeCloseTo(0.01011, 9);
  });

  it("does not know the cost without a price", async () => {
    const { price: _, ...unpriced } = profile;
    const { body, stream } = exchanged({ exchange: { profile: unpriced } });
    body.write("END\n");
    body.close();
    expect(await stream.result()).not.toHaveProperty("costUsd");
  });

  it("waits for the rest of a body after the terminator, so that the connection can be used again", async () => {
    const { body, stream } = exchanged();
    const result = stream.result();
    body.write("Hi\nEND\n");
    await microtasks();
    body.write("\n");
    await microtasks();
    body.close();
    expect((await result).text).toBe("Hi");
    expect(body.cancelled).toBe(false);
  });

  it("gives up the connection of a body that stays open after its terminator", async () => {
    const { body, clock, stream } = exchanged();
    const result = stream.result();
    body.write("Hi\nEND\n");
    await microtasks();
    expect(body.cancelled).toBe(false);
    clock.advance(250);
    expect((await result).text).toBe("Hi");
    expect(body.cancelled).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it("takes an answer for whole whose connection breaks after the terminator", async () => {
    const { body, stream } = exchanged();
    const result = stream.result();
    body.write("Hi\nEND\n");
    await microtasks();
    body.error(new TypeError("terminated"));
    expect((await result).text).toBe("Hi");
  });

  it("fails with the usage told so far when the answer breaks", async () => {
    const { body, stream } = exchanged();
    const result = stream.result();
    body.write("Hi\n");
    await microtasks();
    body.error(new TypeError("terminated"));
    await expect(result).rejects.toMatchObject({
      code: "model.stream_cut",
      facts: { requestId: "req-1", status: 200, usage: { inputTokens: 100, outputTokens: 10 } },
    });
  });

  it("lets go of the body when the answer fails inside", async () => {
    const { body, clock, caller, stream } = exchanged();
    const result = stream.result();
    body.write("FAIL\n");
    await expect(result).rejects.toMatchObject({ code: "model.overloaded", facts: { inBand: true } });
    await microtasks();
    expect(body.cancelled).toBe(true);
    expect(clock.pendingTimers).toBe(0);
    expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
  });

  it("tells the vendor's error also when its counts can't be added up", async () => {
    const decoder = new LineDecoder();
    decoder.usage = () => {
      throw new TypeError("Cannot convert object to primitive value");
    };
    const { body, stream } = exchanged({ prepared: { decoder } });
    const result = stream.result();
    body.write("FAIL\n");
    await expect(result).rejects.toMatchObject({ code: "model.overloaded", facts: { inBand: true } });
  });

  it("passes on what the preparation throws", async () => {
    const facts = { provider: "acme", modelId: "one" };
    const failure = new SalesAgentError("model.auth", { message: "no key", facts, replay: "safe" });
    const { clock, stream } = exchanged({ exchange: { prepare: () => Promise.reject(failure) } });
    await expect(stream.result()).rejects.toBe(failure);
    expect(clock.pendingTimers).toBe(0);
  });

  it("sends nothing when it is aborted while it prepares", async () => {
    let release = () => {};
    const vault = new Promise<void>((resolve) => {
      release = resolve;
    });
    let sent = 0;
    const { caller, clock, stream } = exchanged({
      exchange: {
        prepare: async () => {
          await vault;
          return {
            send: async () => {
              sent += 1;
              return new Response("");
            },
            decoder: new LineDecoder(),
            mediaTypes: [],
            warnings: [],
            secrets: [],
          };
        },
      },
    });
    const result = stream.result();
    result.catch(() => {});
    await microtasks();
    const reason = new Error("enough");
    caller.abort(reason);
    await expect(result).rejects.toBe(reason);
    release();
    await microtasks();
    expect(sent).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it("lets go of a response that comes after the abort", async () => {
    const body = new HandBody();
    let answer: (response: Response) => void = () => {};
    const { caller, clock, stream } = exchanged({
      prepared: { send: () => new Promise((resolve) => (answer = resolve)) },
    });
    const result = stream.result();
    result.catch(() => {});
    await microtasks();
    caller.abort(new Error("enough"));
    answer(new Response(body.stream));
    await microtasks();
    expect(body.cancelled).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it("lets go of the body on abort, also where the transport does not listen to the signal", async () => {
    const { body, caller, clock, stream } = exchanged();
    const result = stream.result();
    result.catch(() => {});
    body.write("Hi\n");
    await microtasks();
    caller.abort(new Error("enough"));
    await microtasks();
    expect(body.cancelled).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it("gives the transport the reason of the time-out", async () => {
    let seen: AbortSignal | undefined;
    const { clock, stream } = exchanged({
      call: { timeouts: { headersMs: 100 } },
      prepared: {
        send: (signal) => {
          seen = signal;
          return new Promise(() => {});
        },
      },
    });
    const result = stream.result();
    result.catch(() => {});
    await microtasks();
    clock.advance(100);
    await expect(result).rejects.toMatchObject({ code: "model.timed_out", facts: { phase: "headers" } });
    expect(SalesAgentError.is(seen?.reason, "model.timed_out")).toBe(true);
  });

  it("waits longer for a whole reply, whose headers come with all of it", async () => {
    const send = () => new Promise<Response>(() => {});
    const { clock, stream } = exchanged({ call: { delivery: "whole" }, prepared: { send } });
    const result = stream.result();
    result.catch(() => {});
    await microtasks();
    clock.advance(299_999);
    await microtasks();
    expect(clock.pendingTimers).toBe(1);
    clock.advance(1);
    await expect(result).rejects.toMatchObject({ code: "model.timed_out", facts: { limitMs: 300_000 } });
  });

  it("sets no timer before it is read", () => {
    const { clock } = exchanged();
    expect(clock.pendingTimers).toBe(0);
  });
});
