import { onAbort } from "@salesagent/ports";

/**
 * Passes chunks on. Rejects with the signal's own reason as soon as it aborts, even while the source hangs; the source is
 * ended on abort, failure or an early `break`.
 */
export async function* abortable<T>(
  items: AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void, void> {
  signal?.throwIfAborted();
  const iterator = items[Symbol.asyncIterator]();
  let interrupt: (reason: unknown) => void = () => {};
  const release = signal && onAbort(signal, () => interrupt(signal.reason));
  let ended = false;
  try {
    for (;;) {
      signal?.throwIfAborted();
      // Not Promise.race: a long-lived loser would keep every chunk in memory.
      const step = await new Promise<IteratorResult<T>>((resolve, reject) => {
        interrupt = reject;
        iterator.next().then(resolve, reject);
      });
      if (step.done === true) {
        ended = true;
        return;
      }
      yield step.value;
    }
  } finally {
    release?.();
    // Not awaited: a stuck source must not hold us. Its failure to end is nobody's business any more.
    if (!ended) iterator.return?.().catch(() => {});
  }
}
