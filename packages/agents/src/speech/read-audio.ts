import { untilAborted } from "@salesagent/ports";
import { unreachable } from "../egress/unreachable.js";
import { malformed } from "../services/service-call.js";

/**
 * The pieces of a response's body, cut between samples.
 *
 * @param sampleBytes - How long a sample is; 1 where the format does not mind.
 * @throws `service.unavailable` where the audio breaks off, `service.malformed_response` where there is none or its last sample
 * is not whole, the signal's own reason.
 */
export async function* readAudio(
  service: string,
  response: Response,
  sampleBytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = response.body?.getReader();
  let rest = new Uint8Array(0);
  let heard = false;
  try {
    for (;;) {
      const { done, value } = (await nextPiece(service, reader, signal)) ?? { done: true };
      if (done) break;
      const bytes = rest.length === 0 ? value : joined(rest, value);
      const whole = bytes.length - (bytes.length % sampleBytes);
      rest = bytes.slice(whole);
      if (whole === 0) continue;
      heard = true;
      yield bytes.subarray(0, whole);
    }
    if (rest.length > 0) throw malformed({ service }, "ends inside a sample");
    if (!heard) throw malformed({ service }, "holds no audio");
  } finally {
    reader?.cancel().catch(() => {}); // not awaited: a server that hangs must not hold us; after the end this does nothing
  }
}

async function nextPiece(
  service: string,
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
  signal: AbortSignal | undefined,
) {
  try {
    return reader && (await untilAborted(reader.read(), signal));
  } catch (error) {
    signal?.throwIfAborted();
    throw unreachable(service, error, "safe");
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
