import { createModelStream, type ModelEvent, SalesAgentError } from "@salesagent/ports";
import { PLANTED_KEY } from "../harness.js";
import { FALSE_FINISH, rewriting, type Sabotage, withStream } from "./sabotage.js";

const passOn = (failure: unknown): never => {
  throw failure;
};

/** Turns this part of the family's failures into something else. */
function onFailure(
  code: Parameters<typeof SalesAgentError.is>[1],
  act: (failure: SalesAgentError) => readonly ModelEvent[],
): Sabotage {
  return rewriting({
    failure: (failure) => (SalesAgentError.is(failure, code) ? act(failure) : passOn(failure)),
  });
}

/** One broken promise each. */
export const sabotages = {
  nothing: rewriting({}),

  "swallows a cut": onFailure("model.stream_cut", () => [FALSE_FINISH]),

  "splits text anywhere": rewriting({
    event: (event, call) =>
      event.type === "text-delta" && call.delivery !== "whole"
        ? event.text.split("").map((text) => ({ type: "text-delta", text }))
        : [event],
  }),

  "doubles a delta": rewriting({
    event: (event) => (event.type === "text-delta" ? [event, event] : [event]),
  }),

  "says something else when whole": rewriting({
    event: (event, call) =>
      event.type === "text-delta" && call.delivery === "whole"
        ? [{ ...event, text: event.text.toUpperCase() }]
        : [event],
  }),

  "loses reasoning": rewriting({ event: (event) => (event.type === "reasoning-delta" ? [] : [event]) }),

  "drops the usage": rewriting({
    event: (event) => (event.type === "finish" ? [{ ...event, usage: {} }] : [event]),
  }),

  "drops the cost": rewriting({
    event(event) {
      if (event.type !== "finish") return [event];
      const { costUsd: _, ...rest } = event;
      return [rest];
    },
  }),

  "drops the request id": rewriting({
    event(event) {
      if (event.type !== "start") return [event];
      const { requestId: _, ...rest } = event;
      return [rest];
    },
  }),

  "is silent about what it can't do": rewriting({
    event: (event) => (event.type === "start" ? [{ ...event, warnings: [] }] : [event]),
  }),

  "finishes twice": rewriting({
    event: (event) => (event.type === "finish" ? [event, event] : [event]),
  }),

  "takes broken arguments for none": onFailure("model.malformed_tool_call", () => [
    { type: "tool-call-end", callId: "call-1", name: "lookup_company", input: {} },
    FALSE_FINISH,
  ]),

  "takes a lack of quota for overload": onFailure("model.quota_exhausted", ({ message }) => {
    const facts = { provider: "toy", modelId: "toy-1", status: 503 };
    throw new SalesAgentError("model.overloaded", { message, facts, replay: "safe" });
  }),

  "forgets the wait": onFailure("model.rate_limited", ({ message }) => {
    const facts = { provider: "toy", modelId: "toy-1", status: 429 };
    throw new SalesAgentError("model.rate_limited", { message, facts, replay: "safe" });
  }),

  "lets errors tell the key": onFailure(undefined, (failure) =>
    passOn(Object.assign(failure, { cause: { headers: { authorization: `Bearer ${PLANTED_KEY}` } } })),
  ),

  "does not name itself in an error": onFailure("model.unreachable", (failure) =>
    passOn(Object.assign(failure, { message: "It failed." })),
  ),

  "tries again by itself": (model) =>
    withStream(model, (inner, call) =>
      createModelStream(async function* ({ signal }) {
        try {
          for await (const event of inner({ ...call, signal })) yield [event];
        } catch (failure) {
          if (!SalesAgentError.is(failure, "model.server_error") || failure.facts.inBand) throw failure;
          for await (const event of inner({ ...call, signal })) yield [event];
        }
      }, call),
    ),

  "sends before it is read": (model) =>
    withStream(model, (inner, call) => {
      if (Object.keys(call).length === 0)
        inner({})
          .result()
          .catch(() => {});
      return inner(call);
    }),

  "throws out of stream()": (model) =>
    withStream(model, (inner, call) => {
      if ((call.timeouts?.stallMs ?? 1) < 0) throw new RangeError("timeouts.stallMs");
      return inner(call);
    }),

  "lets a second reader in": (model) =>
    withStream(model, (inner, call) => {
      const stream = inner(call);
      let reading: AsyncIterator<ModelEvent> | undefined;
      return {
        result: () => stream.result(),
        [Symbol.asyncIterator]() {
          reading ??= stream[Symbol.asyncIterator]();
          return reading;
        },
      };
    }),

  "wraps the abort's reason": (model) =>
    withStream(model, (inner, call) =>
      linked(call.signal, inner, call, (stop, cause) => stop.abort(new Error("aborted", { cause }))),
    ),

  "settles an abort late": (model) =>
    withStream(model, (inner, call) =>
      linked(call.signal, inner, call, (stop, reason) => setTimeout(() => stop.abort(reason), 1)),
    ),

  "forgets its listener": (model) =>
    withStream(model, (inner, call) => {
      call.signal?.addEventListener("abort", () => {});
      return inner(call);
    }),

  "leaves a timer after an answer": (model, clock) =>
    rewriting({
      event(event) {
        if (event.type === "finish") clock.schedule(3_600_000, () => {});
        return [event];
      },
    })(model, clock),

  "goes on after a break": (model) =>
    withStream(model, (inner, call) => {
      const stream = inner(call);
      return {
        result: () => stream.result(),
        [Symbol.asyncIterator]() {
          const reading = stream[Symbol.asyncIterator]();
          return { next: () => reading.next() };
        },
      };
    }),

  "never times out": (model) =>
    withStream(model, (inner, call) => {
      const { stallMs = 1 } = call.timeouts ?? {};
      const off = Number.POSITIVE_INFINITY;
      const timeouts = { headersMs: off, firstTokenMs: off, stallMs: off, totalMs: off };
      return inner({ ...call, timeouts: stallMs < 0 ? { stallMs } : timeouts });
    }),

  "reads ahead": (model) =>
    withStream(model, (inner, call) =>
      createModelStream(({ signal, fail }) => {
        const queue: ModelEvent[] = [];
        let wake = () => {};
        const pump = async () => {
          for await (const event of inner({ ...call, signal })) {
            queue.push(event);
            wake();
          }
        };
        pump().catch(fail);
        return {
          async next() {
            if (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
            return { done: false, value: [queue.shift() as ModelEvent] };
          },
        };
      }, call),
    ),
} satisfies Record<string, Sabotage>;

/** Hands a signal on by another way than the right one. */
function linked(
  caller: AbortSignal | undefined,
  inner: Parameters<Parameters<typeof withStream>[1]>[0],
  call: Parameters<typeof inner>[0],
  abort: (stop: AbortController, reason: unknown) => void,
): ReturnType<typeof inner> {
  const stop = new AbortController();
  if (caller?.aborted) abort(stop, caller.reason);
  const onAbort = () => abort(stop, caller?.reason);
  caller?.addEventListener("abort", onAbort);
  const stream = inner({ ...call, signal: stop.signal });
  return {
    result: () => stream.result().finally(() => caller?.removeEventListener("abort", onAbort)),
    [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator](),
  };
}
