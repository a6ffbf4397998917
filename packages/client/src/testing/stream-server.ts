import type { StreamEvent } from "../stream-event.js";

/** How the fake server behaves. */
export interface StreamServerOptions {
  /** After how many bytes each connection breaks; those after the last of the list stay whole. */
  readonly dropAfter: readonly number[];
  /** Bytes that come at once. @defaultValue 16 */
  readonly chunkBytes?: number;
  /** How many events before the ones asked for are sent too. */
  readonly repeats?: number;
  /** What the first requests are answered with. */
  readonly refusals?: readonly (Response | Error)[];
  /** True when connections stay open after the last event, and no end is told. */
  readonly stays?: boolean;
}

/** The server's side of a stream, as a `fetch` of the events' route. */
export function streamServer(events: readonly StreamEvent[], options: StreamServerOptions) {
  const { dropAfter, chunkBytes = 16, repeats = 0, stays = false } = options;
  const refusals = [...(options.refusals ?? [])];
  const drops = [...dropAfter];
  const asked: { readonly url: string; readonly lastEventId: string | null }[] = [];
  let open = 0;

  const fetch = (async (input: string, init: RequestInit) => {
    const lastEventId = new Headers(init.headers).get("last-event-id");
    asked.push({ url: input, lastEventId });
    const refusal = refusals.shift();
    if (refusal instanceof Error) throw refusal;
    if (refusal) return refusal;
    const after = Math.max(0, Number(lastEventId) - repeats);
    const bytes = new TextEncoder().encode(toText(events.slice(after), !stays));
    const dropAt = drops.shift() ?? Number.POSITIVE_INFINITY;
    let at = 0;
    open += 1;
    let isOpen = true;
    const close = () => {
      if (isOpen) open -= 1;
      isOpen = false;
    };
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        init.signal?.addEventListener("abort", () => {
          if (isOpen) controller.error(init.signal?.reason);
          close();
        });
      },
      pull(controller) {
        if (at >= dropAt) {
          close();
          // Some connections end as if all were well, others with an error.
          if (dropAt % 2 === 0) controller.close();
          else controller.error(new TypeError("terminated"));
        } else if (at < bytes.length) {
          const until = Math.min(at + chunkBytes, bytes.length, dropAt);
          controller.enqueue(bytes.slice(at, until));
          at = until;
        } else if (!stays) {
          close();
          controller.close();
        }
      },
      cancel: close,
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }) as typeof globalThis.fetch;
  return { fetch, asked, open: () => open };
}

function toText(events: readonly StreamEvent[], ends: boolean): string {
  const frames = events.map(
    ({ seq, type, data }) => `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`,
  );
  const last = ends ? 'event: end\ndata: {"status":"completed"}\n\n' : "";
  return `\uFEFFretry: 1000\n\n: heartbeat\n\n${frames.join("")}${last}`;
}

/** A connection that brings a text, and ends. */
export function eventStream(text: string): Response {
  return new Response(text, { headers: { "content-type": "text/event-stream; charset=utf-8" } });
}
