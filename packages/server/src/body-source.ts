import type { ByteSource } from "@salesagent/intake";

/**
 * A body that comes once, for a reader that looks at its beginning first and then reads it: what was looked at is kept until the second
 * reading has it.
 *
 * @param name - Names it in provenance, such as `fair.csv`.
 */
export function bodySource(name: string, body: AsyncIterable<Uint8Array>): ByteSource & AsyncDisposable {
  const pieces = body[Symbol.asyncIterator]();
  const kept: Uint8Array[] = [];
  /** Where the first kept piece begins. */
  let keptFrom = 0;
  let readings = 0;
  return {
    name,
    async *open(fromByte) {
      readings += 1;
      const isLook = readings === 1;
      if (fromByte < keptFrom) throw new RangeError("A body that comes once can't be read from there again.");
      let offset = keptFrom;
      for (let index = 0; ; ) {
        let piece = kept[index];
        if (!piece) {
          const step = await pieces.next();
          if (step.done) return;
          piece = step.value;
          kept.push(piece);
        }
        const skipped = Math.max(0, fromByte - offset);
        offset += piece.length;
        if (isLook) index += 1;
        else {
          kept.shift();
          keptFrom = offset;
        }
        if (skipped < piece.length) yield piece.subarray(skipped);
      }
    },
    async [Symbol.asyncDispose]() {
      await pieces.return?.();
    },
  };
}
