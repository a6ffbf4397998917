import { type ManualClock, manualClock } from "../../manual-clock.js";
import type { HarnessFetch, ScenarioServer } from "../harness.js";
import type { ModelScenario } from "../scenario.js";
import { errorOf, streamedSteps, type ToyStep, wholeText } from "./toy-wire.js";

/** A server in memory that speaks the toy vendor's format. */
export interface ToyServer extends ScenarioServer {
  readonly fetch: HarnessFetch;
}

export function toyServer(scenario: ModelScenario): ToyServer {
  const clock = manualClock();
  const open = new Set<object>();
  let requests = 0;
  return {
    requests: () => requests,
    openAnswers: () => open.size,
    advance: (ms) => clock.advance(ms),
    async fetch(_input, init) {
      const signal = init?.signal ?? undefined;
      signal?.throwIfAborted();
      requests += 1;
      const answer = {};
      open.add(answer);
      const close = () => void open.delete(answer);
      signal?.addEventListener("abort", close);
      const { stream } = JSON.parse(String(init?.body)) as { stream: boolean };
      await null;
      return respond(scenario, stream, { clock, signal, close });
    },
  };
}

interface Connection {
  readonly clock: ManualClock;
  readonly signal: AbortSignal | undefined;
  readonly close: () => void;
}

function respond(
  scenario: ModelScenario,
  streamed: boolean,
  connection: Connection,
): Response | Promise<never> {
  const { fault } = scenario;
  const { close, signal, clock } = connection;
  const now = (body: string, status: number, type: string, headers: Record<string, string> = {}) => {
    close();
    const base = { "content-type": type, "x-request-id": "req-toy-1" };
    return new Response(body, { status, headers: { ...base, ...headers } });
  };
  switch (fault?.type) {
    case "silence":
      return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    case "status": {
      const { status, ...error } = errorOf(fault.reason, fault.message);
      return now(
        JSON.stringify({ error }),
        status,
        "application/json",
        waitHeaders(fault.retryAfter, clock.now()),
      );
    }
    case "json-error":
      return now(JSON.stringify({ error: errorOf(fault.reason, fault.message) }), 200, "application/json");
    case "html":
      return now("<html><title>Welcome</title></html>", 200, "text/html");
    case "reset":
      if (fault.afterEvents === undefined || !streamed) {
        close();
        return Promise.reject(socketError("fetch failed"));
      }
  }
  if (!streamed) return now(wholeText(scenario), 200, "application/json");
  const headers = { "content-type": "text/event-stream", "x-request-id": "req-toy-1" };
  return new Response(bodyOf(streamedSteps(scenario), connection), { headers });
}

type Wait = Extract<NonNullable<ModelScenario["fault"]>, { type: "status" }>["retryAfter"];

function waitHeaders(wait: Wait, nowMs: number): Record<string, string> {
  if (!wait) return {};
  if ("seconds" in wait) return { "retry-after": String(wait.seconds) };
  if ("milliseconds" in wait) return { "retry-after-ms": String(wait.milliseconds) };
  return { "retry-after": new Date(nowMs + wait.httpDateInMs).toUTCString() };
}

function socketError(message: string): TypeError {
  const cause = Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" });
  return new TypeError(message, { cause });
}

const KEEP_ALIVE = new TextEncoder().encode(": alive\n\n");

/** Does one write for each pull, so that nothing is made that nobody reads. */
function bodyOf(steps: readonly ToyStep[], connection: Connection): ReadableStream<Uint8Array> {
  const { clock, signal, close } = connection;
  let next = 0;
  const after = (ms: number) =>
    new Promise<void>((resolve) => {
      if (ms > 0) clock.schedule(ms, resolve);
      else resolve();
    });
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    for (let step = steps[next]; step; step = steps[next]) {
      if (step.do === "hold") {
        if (step.keepAliveMs === undefined) return new Promise(() => {});
        await after(step.keepAliveMs);
        return controller.enqueue(KEEP_ALIVE);
      }
      next += 1;
      if (step.do === "write") return controller.enqueue(step.bytes);
      if (step.do === "reset") {
        close();
        return controller.error(socketError("terminated"));
      }
      await after(step.ms);
    }
    close();
    controller.close();
  };
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) =>
        signal?.addEventListener("abort", () => {
          try {
            controller.error(signal.reason);
          } catch {
            // The body had ended.
          }
        }),
      pull,
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}
