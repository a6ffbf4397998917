/** Does something again and again, one at a time, while somebody looks at the page; the first time after a pause. */
export function everyWhileSeen(pauseMs: number, signal: AbortSignal, task: () => Promise<void>): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isWorking = false;
  const work = async () => {
    timer = undefined;
    if (isWorking || document.hidden || signal.aborted) return;
    isWorking = true;
    try {
      await task();
    } finally {
      isWorking = false;
      if (!signal.aborted) timer = setTimeout(work, pauseMs);
    }
  };
  const seen = () => {
    if (!document.hidden && timer === undefined) void work();
  };
  timer = setTimeout(work, pauseMs);
  document.addEventListener("visibilitychange", seen);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", seen);
  });
}
