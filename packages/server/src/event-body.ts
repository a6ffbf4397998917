import type { Clock, Timer } from "@salesagent/ports";

/** What goes out, piece by piece. */
export interface EventSource {
  /** The next piece; nothing when there is no more. Asked for once the piece before was taken. */
  next(): Promise<Uint8Array | undefined>;
  /** Lets go of everything. Called once, however it ends. */
  close(): void;
}

export interface EventBodyOptions {
  readonly clock: Clock;
  readonly heartbeatMs: number;
  /** After how long it ends without an end, so that its reader connects again and shows anew who it is. */
  readonly longestMs: number;
}

/** A line that readers of server-sent events pass over. */
const HEARTBEAT = new TextEncoder().encode(":\n\n");

/**
 * A response's body of server-sent events. Nothing is asked of the source before the reader wants more. While there is nothing to
 * tell, a heartbeat goes out; a reader that takes nothing for as long as a heartbeat is cut.
 */
export function eventBody(
  source: EventSource,
  { clock, heartbeatMs, longestMs }: EventBodyOptions,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces = new Pieces(source);
  const overMs = clock.elapsed() + longestMs;
  let patience: Timer | undefined;
  let controllerOf: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
  const end = () => {
    patience?.cancel();
    pieces.close();
  };
  const wait = () => {
    patience = clock.schedule(heartbeatMs, () => {
      end();
      controllerOf?.error(new Error("The reader took nothing for too long."));
    });
  };
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        controllerOf = controller;
        wait();
      },
      async pull(controller) {
        patience?.cancel();
        try {
          const isOver = clock.elapsed() >= overMs;
          const piece = isOver ? undefined : await pieces.within(clock, heartbeatMs);
          if (piece === undefined) {
            end();
            controller.close();
            return;
          }
          controller.enqueue(piece === "nothing" ? HEARTBEAT : (piece as Uint8Array<ArrayBuffer>));
          wait();
        } catch (error) {
          end();
          controller.error(error);
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}

type Piece = Uint8Array | undefined;

/** Pieces of a source, one of which may be waited for over several heartbeats. */
class Pieces {
  readonly #source: EventSource;
  #arrived: { readonly piece: Piece } | { readonly error: unknown } | undefined;
  #isAsked = false;
  #isClosed = false;
  #wake: (() => void) | undefined;

  constructor(source: EventSource) {
    this.#source = source;
  }

  /** The next piece, or that there is nothing yet. */
  async within(clock: Clock, limitMs: number): Promise<Piece | "nothing"> {
    this.#ask();
    if (!this.#arrived) {
      await new Promise<void>((resolve) => {
        const timer = clock.schedule(limitMs, resolve);
        this.#wake = () => {
          timer.cancel();
          resolve();
        };
      });
      this.#wake = undefined;
    }
    const arrived = this.#arrived;
    if (!arrived) return this.#isClosed ? undefined : "nothing";
    this.#arrived = undefined;
    this.#isAsked = false;
    if ("error" in arrived) throw arrived.error;
    return arrived.piece;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#wake?.();
    this.#source.close();
  }

  /** One listener for each piece, however many heartbeats it takes to come. */
  #ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    const arrive = (arrived: { readonly piece: Piece } | { readonly error: unknown }) => {
      this.#arrived = arrived;
      this.#wake?.();
    };
    this.#source.next().then(
      (piece) => arrive({ piece }),
      (error: unknown) => arrive({ error }),
    );
  }
}
