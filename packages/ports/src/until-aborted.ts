import { onAbort } from "./on-abort.js";

/** What `work` comes to, or the signal's reason as soon as it aborts. `work` itself is not stopped. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let release = () => {};
  try {
    return await new Promise<T>((resolve, reject) => {
      if (signal.aborted) reject(signal.reason);
      else release = onAbort(signal, () => reject(signal.reason));
      work.then(resolve, reject);
    });
  } finally {
    release();
  }
}
