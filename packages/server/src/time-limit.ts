import { type Clock, onAbort, SalesAgentError } from "@salesagent/ports";

/**
 * Works with a signal that aborts when the caller leaves or the time is over, and does not wait for work that does not heed it.
 *
 * @param limitMs - `none` for work whose answer streams: its signal is the caller's alone.
 * @throws `call.timed_out`, the caller's reason, and what the work throws.
 */
export async function withTimeLimit<T>(
  work: (signal: AbortSignal) => Promise<T>,
  {
    name,
    clock,
    limitMs,
    caller,
    controller,
  }: {
    readonly name: string;
    readonly clock: Clock;
    readonly limitMs: number | "none";
    readonly caller: AbortSignal;
    /** What aborts `caller`, where it is for this work alone. @defaultValue one of its own */
    readonly controller?: AbortController | undefined;
  },
): Promise<T> {
  if (limitMs === "none") return work(caller);
  caller.throwIfAborted();
  const own = controller ?? new AbortController();
  let letGo = () => {};
  try {
    return await new Promise<T>((resolve, reject) => {
      const end = (reason: unknown) => {
        own.abort(reason);
        reject(reason);
      };
      const release = onAbort(caller, () => end(caller.reason));
      const timer = clock.schedule(limitMs, () => end(tooSlow(name, limitMs)));
      letGo = () => {
        timer.cancel();
        release();
      };
      work(own.signal).then(resolve, reject);
    });
  } finally {
    letGo();
  }
}

function tooSlow(name: string, limitMs: number): SalesAgentError<"call.timed_out"> {
  return new SalesAgentError("call.timed_out", {
    message: `${name} was not done within ${limitMs} ms.`,
    facts: { name, limitMs },
    replay: "unsafe",
  });
}
