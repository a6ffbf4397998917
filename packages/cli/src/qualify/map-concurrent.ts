/**
 * Maps items with at most `limit` under way, and yields each result when it is there, in no set order. Reads an item only
 * when it has room for it. The first failure ends the mapping; what is under way is then awaited, so that nothing is left
 * running behind.
 *
 * @param limit - Whole number ≥ 1.
 */
export async function* mapConcurrent<Item, Result>(
  items: AsyncIterable<Item>,
  limit: number,
  map: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, void> {
  const iterator = items[Symbol.asyncIterator]();
  const running = new Set<Promise<void>>();
  const done: Result[] = [];
  let failure: { readonly error: unknown } | undefined;
  let exhausted = false;
  let wake = () => {};

  const begin = (item: Item) => {
    const work: Promise<void> = map(item)
      .then(
        (result) => void done.push(result),
        (error: unknown) => {
          failure ??= { error };
        },
      )
      .then(() => {
        running.delete(work);
        wake();
      });
    running.add(work);
  };

  try {
    while (!failure) {
      while (!exhausted && !failure && running.size < limit) {
        const step = await iterator.next();
        if (step.done) exhausted = true;
        else begin(step.value);
        if (done.length > 0) break;
      }
      yield* done.splice(0);
      if (exhausted && running.size === 0) break;
      if (done.length === 0 && !failure && (running.size >= limit || exhausted)) {
        // Not Promise.race: a slow item would gather a listener for each quick one.
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    yield* done.splice(0);
    if (failure) throw failure.error;
  } finally {
    await Promise.all(running);
    await iterator.return?.();
  }
}
