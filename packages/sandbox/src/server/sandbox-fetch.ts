import { playPlan, type WireSink } from "../wire/play-plan.js";
import type { WirePlan } from "../wire/wire-plan.js";
import type { RawRequest } from "./read-request.js";
import type { LogEntry } from "./request-log.js";
import { type SandboxBehaviour, SandboxCore, type SandboxView } from "./sandbox-core.js";

/** A sandbox behind a `fetch` of its own: no socket, no port, and every read is one write of the server. */
export interface SandboxFetch extends SandboxView {
  readonly fetch: typeof globalThis.fetch;
}

/**
 * Makes a `fetch` that answers as the vendors do, faults and all. What a read gives is exactly what was written, which a
 * socket does not promise; with a manual clock nothing waits for real time.
 *
 * @param behaviour - As for `startSandbox`, without what belongs to sockets.
 * @throws From the `fetch`: `TypeError` for a connection that resets, as Node's own does, and the caller's
 * `signal.reason` on abort.
 */
export function createSandboxFetch(behaviour: SandboxBehaviour = {}): SandboxFetch {
  const core = new SandboxCore(behaviour);
  const origin = "http://sandbox.invalid";
  return {
    ...core.view(origin),
    async fetch(input, init) {
      const request = new Request(input, init);
      const { signal } = request;
      signal.throwIfAborted();
      const { entry, plan } = await core.responder.respond(await toRaw(request), false);
      return new Promise<Response>((resolve, reject) => {
        new FetchPlayer(core, entry, plan, { resolve, reject }, signal).start();
      });
    },
  };
}

async function toRaw(request: Request): Promise<RawRequest> {
  const { pathname, search } = new URL(request.url);
  return {
    method: request.method,
    url: pathname + search,
    headers: Object.fromEntries(request.headers),
    bodyText: await request.text(),
  };
}

interface Settle {
  resolve(response: Response): void;
  reject(reason: unknown): void;
}

/** Plays one plan into one response. */
class FetchPlayer implements WireSink {
  readonly #core: SandboxCore;
  readonly #entry: LogEntry;
  readonly #plan: WirePlan;
  readonly #settle: Settle;
  readonly #signal: AbortSignal;
  readonly #onAbort = () => this.#leave(this.#signal.reason);
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #resume: (() => void) | undefined;
  #stop: () => void = () => {};

  constructor(core: SandboxCore, entry: LogEntry, plan: WirePlan, settle: Settle, signal: AbortSignal) {
    this.#core = core;
    this.#entry = entry;
    this.#plan = plan;
    this.#settle = settle;
    this.#signal = signal;
  }

  start(): void {
    if (this.#signal.aborted) {
      this.#leave(this.#signal.reason);
      return;
    }
    this.#signal.addEventListener("abort", this.#onAbort);
    this.#stop = playPlan(this.#plan, this, this.#core.clock, () => {
      this.#entry.settle(this.#plan.outcome);
      this.#signal.removeEventListener("abort", this.#onAbort);
    });
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => {
        const resume = this.#resume;
        this.#resume = undefined;
        resume?.();
      },
      cancel: (reason) => this.#leave(reason),
    });
    this.#settle.resolve(new Response(body, { status, headers }));
  }

  write(bytes: Uint8Array): boolean {
    this.#controller?.enqueue(bytes.slice());
    return (this.#controller?.desiredSize ?? 0) > 0;
  }

  whenWritable(task: () => void): void {
    this.#resume = task;
  }

  end(): void {
    this.#controller?.close();
  }

  reset(): void {
    if (this.#controller === undefined) this.#settle.reject(brokenOff("fetch failed", "ECONNRESET"));
    else this.#controller.error(brokenOff("terminated", "UND_ERR_SOCKET"));
  }

  #leave(reason: unknown): void {
    this.#stop();
    this.#signal.removeEventListener("abort", this.#onAbort);
    if (this.#entry.outcome !== "pending") return;
    this.#entry.settle("client-closed");
    if (this.#controller === undefined) this.#settle.reject(reason);
    else this.#controller.error(reason);
  }
}

/** What Node's fetch throws for a connection that broke. */
function brokenOff(message: string, code: string): TypeError {
  return new TypeError(message, { cause: Object.assign(new Error("other side closed"), { code }) });
}
