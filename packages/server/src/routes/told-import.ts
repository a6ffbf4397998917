import { type Clock, onAbort } from "@salesagent/ports";
import type { Asked } from "../asked.js";
import { type EventSource, eventBody } from "../event-body.js";
import { EVENT_STREAM, STREAM_HEADERS } from "../follow-response.js";
import { toProblem } from "../problem.js";
import { StreamReply } from "../reply.js";
import type { RouteContext } from "../route.js";

type Context = Pick<RouteContext<unknown, unknown, unknown>, "request" | "requestId" | "server" | "signal">;

/** How far an import is: what the server has read and stored. */
export interface ToldProgress {
  readonly bytes: number;
  readonly rows: number;
  readonly imported: number;
  readonly duplicates: number;
  readonly rejected: number;
}

/** What an import is given that is told. */
export interface Telling {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ToldProgress) => void;
}

/** How soon after one progress the next is told, in milliseconds. */
const APART_MS = 500;

/** Whether whoever asks wants to be told while it goes on. */
export const wantsEvents = (request: Asked): boolean =>
  (request.headers.get("accept") ?? "").toLowerCase().includes(EVENT_STREAM);

/**
 * An import as server-sent events: `progress` now and then, and at its end `imported` with what became of the rows, or `failed` with the
 * problem. It waits for no reader, who may be sending the file still; it ends when the reader leaves.
 *
 * @throws What the import throws before it has begun.
 */
export async function toldImport(
  { request, requestId, server, signal }: Context,
  run: (telling: Telling) => Promise<object>,
): Promise<StreamReply> {
  const { clock, errorDocs, limits, onError } = server;
  const stop = new AbortController();
  const release = onAbort(signal, () => stop.abort(signal.reason));
  const told = new ToldImport(clock, () => stop.abort(new Error("The reader of the import left.")));
  const outcome = run({ signal: stop.signal, onProgress: (progress) => told.tell(progress) }).finally(
    release,
  );
  outcome.then(
    (value) => told.end("imported", value),
    (error: unknown) => {
      const { problem, isFault } = toProblem(error, { requestId, errorDocs });
      if (isFault && told.hasBegun && !request.signal.aborted) onError(error, { requestId });
      told.end("failed", problem);
    },
  );
  await Promise.race([told.begun, outcome]);
  const { heartbeatMs } = limits;
  const body = eventBody(told, { clock, heartbeatMs, longestMs: Number.POSITIVE_INFINITY });
  return new StreamReply(200, body, STREAM_HEADERS);
}

class ToldImport implements EventSource {
  readonly #clock: Clock;
  readonly #onLeft: () => void;
  readonly #encoder = new TextEncoder();
  /** When it has told for the first time. */
  readonly begun: Promise<void>;
  hasBegun = false;
  #begin = () => {};
  /** The latest alone is told: nobody needs to know each. */
  #progress: ToldProgress | undefined;
  #ending: string | undefined;
  #isOver = false;
  #quietUntilMs = 0;
  #wake = () => {};

  constructor(clock: Clock, onLeft: () => void) {
    this.#clock = clock;
    this.#onLeft = onLeft;
    this.begun = new Promise((resolve) => {
      this.#begin = resolve;
    });
  }

  tell(progress: ToldProgress): void {
    this.hasBegun = true;
    this.#progress = progress;
    this.#begin();
    this.#wake();
  }

  end(event: "imported" | "failed", value: object): void {
    this.#ending = frameOf(event, value);
    this.#wake();
  }

  async next(): Promise<Uint8Array | undefined> {
    while (this.#ending === undefined) {
      const progress = this.#due();
      if (progress) return this.#encoder.encode(frameOf("progress", progress));
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#isOver) return undefined;
    this.#isOver = true;
    return this.#encoder.encode(this.#ending);
  }

  close(): void {
    if (!this.#isOver) this.#onLeft();
  }

  #due(): ToldProgress | undefined {
    const now = this.#clock.elapsed();
    if (!this.#progress || now < this.#quietUntilMs) return undefined;
    const progress = this.#progress;
    this.#progress = undefined;
    this.#quietUntilMs = now + APART_MS;
    return progress;
  }
}

const frameOf = (event: string, data: unknown): string =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
