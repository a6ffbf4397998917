import { untilAborted } from "@salesagent/ports";

/** A body, or as much of it as is allowed. */
export interface LimitedBody {
  readonly bytes: Uint8Array;
  /** True when there was more. */
  readonly truncated: boolean;
}

/**
 * Reads a body up to a limit, and then lets go of it. Bytes are counted as they come out of any content encoding, so a small
 * response that unpacks into a large one is cut all the same.
 *
 * @throws What the body throws, or the signal's own reason.
 */
export async function readLimited(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<LimitedBody> {
  if (body === null) return { bytes: new Uint8Array(0), truncated: false };
  const reader = body.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    while (length <= maxBytes) {
      const { done, value } = await untilAborted(reader.read(), signal);
      if (done) return { bytes: join(pieces, length), truncated: false };
      pieces.push(value);
      length += value.length;
    }
    return { bytes: join(pieces, length).subarray(0, maxBytes), truncated: true };
  } finally {
    // not awaited: a server that hangs must not hold us; after the end this does nothing
    reader.cancel().catch(() => {});
  }
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
