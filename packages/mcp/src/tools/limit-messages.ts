const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * A body that fails when one of its messages is too large: the whole body, or, of a stream of events, what stands between two
 * empty lines.
 *
 * @param onTooLarge - Told before it fails: whoever reads may take a cut stream for one that goes on elsewhere.
 */
export function limitMessages(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  onTooLarge: () => void,
): ReadableStream<Uint8Array> {
  let size = 0;
  let last = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        for (const byte of chunk) {
          if (byte === CARRIAGE_RETURN) continue;
          size = byte === LINE_FEED && last === LINE_FEED ? 0 : size + 1;
          last = byte;
          if (size <= maxBytes) continue;
          onTooLarge();
          throw new RangeError(`a message is larger than ${maxBytes} bytes`);
        }
        controller.enqueue(chunk);
      },
    }),
  );
}
