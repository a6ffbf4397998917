import { onAbort } from "@salesagent/ports";

/**
 * Waits for a promise or for an abort, whichever comes first; rejects with the signal's own reason. The loser of the race
 * leaves nothing on the signal.
 */
export function untilAborted<T>(pending: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    const release = onAbort(signal, () => reject(signal.reason));
    pending.then(
      (value) => {
        release();
        resolve(value);
      },
      (error: unknown) => {
        release();
        reject(error);
      },
    );
  });
}
