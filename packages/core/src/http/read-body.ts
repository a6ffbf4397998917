import { untilAborted } from "@salesagent/ports";

/** A body, or the beginning of one. */
export interface ReadBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether there was more. */
  readonly isCut: boolean;
}

/**
 * Reads a body to its end, or as far as is allowed.
 *
 * Bytes are counted as they come out of any content encoding, so that a small answer which unpacks into a large one is
 * cut all the same.
 *
 * @throws What the body throws, or the signal's own reason.
 */
export async function readBody(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
  signal: AbortSignal,
): Promise<ReadBody> {
  if (body === null) return { bytes: new Uint8Array(0), isCut: false };
  const reader = body.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await untilAborted(reader.read(), signal);
      if (done) return { bytes: join(pieces, length), isCut: false };
      pieces.push(value);
      length += value.length;
      if (length > maxBytes) return { bytes: join(pieces, length).subarray(0, maxBytes), isCut: true };
    }
  } finally {
    // Not awaited: a server that hangs must not hold us; after the end this does nothing.
    reader.cancel().catch(() => {});
  }
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
