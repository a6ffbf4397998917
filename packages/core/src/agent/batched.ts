/** A promise and what resolves it. */
export function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/**
 * One event a batch: the agents' generators yield them singly.
 *
 * @param settled - Told when the work is over, also when it failed before it had begun.
 */
export function batched<Event>(
  work: AsyncGenerator<Event, void, void>,
  settled: () => void,
): AsyncIterator<readonly Event[], void, void> {
  return {
    async next() {
      try {
        const step = await work.next();
        if (!step.done) return { done: false, value: [step.value] };
      } catch (error) {
        settled();
        throw error;
      }
      settled();
      return { done: true, value: undefined };
    },
    async return() {
      try {
        await work.return();
      } finally {
        settled();
      }
      return { done: true, value: undefined };
    },
  };
}
