import { getEventListeners } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { SalesAgentError } from "../error.js";
import type { StreamControl } from "../event-stream.js";
import type { FinishEvent, ModelEvent, StartEvent } from "./model-event.js";
import { createModelStream, type ModelEventSource } from "./model-stream.js";

const start: StartEvent = {
  type: "start",
  provider: "acme",
  modelId: "one",
  requestId: "req-1",
  warnings: [],
  rateLimits: [],
};
const finish: FinishEvent = {
  type: "finish",
  reason: "stop",
  usage: { inputTokens: 1, outputTokens: 1 },
  timings: { totalMs: 1 },
  attempts: [],
};
const text = (words: string): ModelEvent => ({ type: "text-delta", text: words });

type Batch = readonly ModelEvent[];

/** A source whose batches are given by hand. */
class HandSource implements ModelEventSource {
  readonly returned = vi.fn();
  control: StreamControl | undefined;
  reads = 0;
  #steps: ((step: IteratorResult<Batch, void> | Error) => void)[] = [];

  open = (control: StreamControl): ModelEventSource => {
    this.control = control;
    return this;
  };

  next(): Promise<IteratorResult<Batch, void>> {
    this.reads += 1;
    return new Promise((resolve, reject) => {
      this.#steps.push((step) => (step instanceof Error ? reject(step) : resolve(step)));
    });
  }

  return(): Promise<IteratorResult<Batch, void>> {
    this.returned();
    return Promise.resolve({ done: true, value: undefined });
  }

  give(...events: Batch): void {
    this.#steps.shift()?.({ done: false, value: events });
  }

  end(): void {
    this.#steps.shift()?.({ done: true, value: undefined });
  }

  break(error: Error): void {
    this.#steps.shift()?.(error);
  }
}

function opened() {
  const source = new HandSource();
  const caller = new AbortController();
  const stream = createModelStream(source.open, { signal: caller.signal });
  return { source, caller, stream };
}

const listeners = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

/** Lets promises settle, but neither timers nor sockets. */
async function microtasks(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await null;
}

describe("createModelStream", () => {
  it("opens the source at the first read, once", async () => {
    const open = vi.fn(async function* () {
      yield [start, finish];
    });
    const stream = createModelStream(open);
    await microtasks();
    expect(open).not.toHaveBeenCalled();

    await stream.result();
    expect(open).toHaveBeenCalledTimes(1);
  });

  it("passes over empty batches", async () => {
    const stream = createModelStream(async function* () {
      yield [];
      yield [start];
      yield [];
      yield [];
      yield [text("Hi"), finish];
    });
    expect((await stream.result()).text).toBe("Hi");
  });

  it("reads the source only when the reader wants more than it has", async () => {
    const { source, stream } = opened();
    const reading = stream[Symbol.asyncIterator]();
    const first = reading.next();
    source.give(start, text("a"), text("b"));
    await first;
    await reading.next();
    await reading.next();
    expect(source.reads).toBe(1);

    void reading.next();
    expect(source.reads).toBe(2);
  });

  it("serves reads that wait together in order", async () => {
    const { source, stream } = opened();
    const reading = stream[Symbol.asyncIterator]();
    const steps = [reading.next(), reading.next(), reading.next(), reading.next()];
    source.give(start);
    await microtasks();
    source.give(text("a"), finish);

    expect((await Promise.all(steps)).map((step) => step.value?.type)).toEqual([
      "start",
      "text-delta",
      "finish",
      undefined,
    ]);
  });

  it("rejects a source that ends without a finish, naming the model", async () => {
    const { source, stream } = opened();
    const result = stream.result();
    result.catch(() => {});
    await microtasks();
    source.give(start, text("half an ans"));
    await microtasks();
    source.end();

    const failure: unknown = await result.catch((error: unknown) => error);
    expect(SalesAgentError.is(failure, "model.stream_cut")).toBe(true);
    expect(failure).toMatchObject({ facts: { provider: "acme", modelId: "one", requestId: "req-1" } });
  });

  it("passes on what the source fails with, to the reader and to the result", async () => {
    const { source, stream } = opened();
    const reading = stream[Symbol.asyncIterator]();
    const pending = reading.next();
    const reason = new Error("socket gone");
    source.break(reason);

    await expect(pending).rejects.toBe(reason);
    await expect(stream.result()).rejects.toBe(reason);
    expect(await reading.next()).toEqual({ done: true, value: undefined });
  });

  it("fails when the source can't even be opened", async () => {
    const reason = new RangeError("stallMs");
    const stream = createModelStream(() => {
      throw reason;
    });
    await expect(stream.result()).rejects.toBe(reason);
  });

  it("ends at once when the producer fails it, though the source still waits", async () => {
    const { source, stream } = opened();
    const pending = stream[Symbol.asyncIterator]().next();
    const reason = new Error("too late");
    source.control?.fail(reason);

    await expect(pending).rejects.toBe(reason);
    expect(source.control?.signal.reason).toBe(reason);
    expect(source.returned).toHaveBeenCalledTimes(1);
  });

  it("tells a failure that came between two reads at the next one, before what is left of the batch", async () => {
    const { source, stream } = opened();
    const reading = stream[Symbol.asyncIterator]();
    const first = reading.next();
    source.give(start, text("unread"));
    await first;
    const reason = new Error("stalled");
    source.control?.fail(reason);
    source.control?.fail(new Error("a second failure counts for nothing"));

    await expect(reading.next()).rejects.toBe(reason);
    expect(await reading.next()).toEqual({ done: true, value: undefined });
  });

  it("closes a source that fails the stream while it is being opened", async () => {
    const source = new HandSource();
    const reason = new Error("no budget");
    const stream = createModelStream((control) => {
      control.fail(reason);
      return source;
    });

    await expect(stream.result()).rejects.toBe(reason);
    expect(source.returned).toHaveBeenCalledTimes(1);
    expect(source.reads).toBe(0);
  });

  it("rejects a waiting read with the caller's reason, and lets go of the signal", async () => {
    const { source, caller, stream } = opened();
    const pending = stream[Symbol.asyncIterator]().next();
    expect(listeners(caller.signal)).toBe(1);
    const reason = { not: "even an error" };
    caller.abort(reason);

    await expect(pending).rejects.toBe(reason);
    expect(listeners(caller.signal)).toBe(0);
    expect(source.control?.signal.aborted).toBe(true);
  });

  it("opens nothing when the caller has aborted before", async () => {
    const open = vi.fn();
    const reason = new Error("enough");
    const stream = createModelStream(open, { signal: AbortSignal.abort(reason) });

    await expect(stream.result()).rejects.toBe(reason);
    expect(open).not.toHaveBeenCalled();
  });

  it("lets go of the signal at the finish, and takes a later abort as nothing", async () => {
    const { source, caller, stream } = opened();
    const result = stream.result();
    await microtasks();
    source.give(start, finish);
    await result;
    expect(listeners(caller.signal)).toBe(0);

    caller.abort();
    expect((await stream.result()).finishReason).toBe("stop");
    expect(source.control?.signal.aborted).toBe(false);
  });

  it("ends a waiting read on return(), and the result with an AbortError", async () => {
    const { source, caller, stream } = opened();
    const reading = stream[Symbol.asyncIterator]();
    const pending = reading.next();
    await reading.return?.();

    expect(await pending).toEqual({ done: true, value: undefined });
    await expect(stream.result()).rejects.toMatchObject({ name: "AbortError" });
    expect(source.returned).toHaveBeenCalledTimes(1);
    expect(source.control?.signal.aborted).toBe(true);
    expect(listeners(caller.signal)).toBe(0);
  });

  it("keeps the result when the reader leaves after the finish", async () => {
    const stream = createModelStream(async function* () {
      yield [start, text("Hi"), finish];
    });
    for await (const event of stream) if (event.type === "finish") break;

    expect((await stream.result()).text).toBe("Hi");
  });

  it("does not wait for a source that never closes", async () => {
    const stream = createModelStream(() => ({
      next: () => new Promise(() => {}),
      return: () => new Promise(() => {}),
    }));
    const reading = stream[Symbol.asyncIterator]();
    const pending = reading.next();
    await reading.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
  });

  it("forgets an answer that a late source still gives", async () => {
    const { source, caller, stream } = opened();
    const reading = stream[Symbol.asyncIterator]();
    const pending = reading.next();
    const reason = new Error("enough");
    caller.abort(reason);
    source.give(start, finish);

    await expect(pending).rejects.toBe(reason);
    expect(await reading.next()).toEqual({ done: true, value: undefined });
    await expect(stream.result()).rejects.toBe(reason);
  });

  it("refuses a second reader, also beside one that reads for the result", async () => {
    const { source, stream } = opened();
    const result = stream.result();
    await microtasks();

    expect(() => stream[Symbol.asyncIterator]()).toThrow(TypeError);
    source.give(start, finish);
    expect(await result).toBe(await stream.result());
  });
});
