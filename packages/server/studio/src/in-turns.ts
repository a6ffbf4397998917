/** Lets a few tasks work at once; the others wait for their turn. */
export function inTurns(atOnce: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let working = 0;
  return async (task) => {
    if (working >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    working += 1;
    try {
      return await task();
    } finally {
      working -= 1;
      waiting.shift()?.();
    }
  };
}
