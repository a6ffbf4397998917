import { type Clock, SalesAgentError } from "@salesagent/ports";
import type { Asked } from "./asked.js";
import { joinBytes } from "./join-bytes.js";

/** How a body is read. */
export interface BodyLimits {
  readonly limitBytes: number;
  /** For the whole body; of a stream, for each piece of it. In milliseconds. */
  readonly limitMs: number;
  readonly clock: Clock;
}

/**
 * The whole body. It is cut as soon as it is too large or too slow: what it says of its own length is only believed when that is
 * too much.
 *
 * @throws `request.too_large`, `request.timed_out`.
 */
export async function readBytes(request: Asked, limits: BodyLimits): Promise<Uint8Array<ArrayBuffer>> {
  refuseTold(request, limits.limitBytes);
  if (request.collect) return request.collect(limits);
  if (!request.body) return new Uint8Array();
  const endMs = limits.clock.elapsed() + limits.limitMs;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of piecesOf(request.body, limits, () => endMs - limits.clock.elapsed())) {
    chunks.push(chunk);
    size += chunk.length;
  }
  return joinBytes(chunks, size);
}

/** The body piece by piece. @throws While it is read: as {@link readBytes}. */
export function readStream(request: Asked, limits: BodyLimits): AsyncIterable<Uint8Array> {
  refuseTold(request, limits.limitBytes);
  const { body } = request;
  if (!body) return (async function* () {})();
  return piecesOf(body, limits, () => limits.limitMs);
}

function refuseTold(request: Asked, limitBytes: number): void {
  if (Number(request.headers.get("content-length") ?? 0) > limitBytes) throw tooLarge(limitBytes);
}

async function* piecesOf(
  body: ReadableStream<Uint8Array>,
  { limitBytes, limitMs, clock }: BodyLimits,
  leftMs: () => number,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = body.getReader();
  let size = 0;
  let done = false;
  try {
    for (;;) {
      const step = await inTime(reader.read(), { clock, leftMs: leftMs(), limitMs });
      if (step.done) break;
      size += step.value.length;
      if (size > limitBytes) throw tooLarge(limitBytes);
      yield step.value;
    }
    done = true;
  } finally {
    // Not awaited: a sender that hangs must not hold the answer.
    if (!done) reader.cancel().catch(() => {});
  }
}

/** Not a race: the timer is called off, and nothing is left behind. */
function inTime<T>(
  work: Promise<T>,
  { clock, leftMs, limitMs }: { readonly clock: Clock; readonly leftMs: number; readonly limitMs: number },
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = clock.schedule(Math.max(0, leftMs), () => reject(timedOut(limitMs)));
    work.then(resolve, reject).finally(() => timer.cancel());
  });
}

export function tooLarge(limitBytes: number): SalesAgentError<"request.too_large"> {
  return new SalesAgentError("request.too_large", {
    message: `The body is larger than ${limitBytes} bytes.`,
    facts: { limitBytes },
    replay: "safe",
  });
}

export function timedOut(limitMs: number): SalesAgentError<"request.timed_out"> {
  return new SalesAgentError("request.timed_out", {
    message: `The body did not come within ${limitMs} ms.`,
    facts: { limitMs },
    replay: "safe",
  });
}
