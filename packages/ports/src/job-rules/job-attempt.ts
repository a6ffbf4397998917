import type { Clock } from "../clock.js";
import type { Job } from "../job-engine.js";
import type { StoredError } from "../stores/run-store.js";
import { jobTimedOut, toJobError } from "./job-errors.js";

/** How one try of a job ended. `stopped`: it was told to stop, and may yet run on; what it does is not waited for. */
export type AttemptEnd =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly error: StoredError }
  | { readonly kind: "stopped" };

/** One try of a job, running. */
export interface JobAttempt {
  /** Never rejects. */
  readonly ended: Promise<AttemptEnd>;
  /** Aborts the job's signal with `reason`; does nothing once the try has ended. */
  stop(reason: unknown): void;
}

/**
 * Runs a handler once, in a turn of its own, and sees to the job's time: when that is over, the job's signal aborts and the
 * try counts as failed, whatever the handler does then.
 *
 * @param timeoutMs - By `clock`.
 */
export function startAttempt(
  job: Omit<Job, "signal">,
  handler: (job: Job) => Promise<void>,
  { timeoutMs, clock }: { readonly timeoutMs: number; readonly clock: Clock },
): JobAttempt {
  const controller = new AbortController();
  let stop = (_reason: unknown): void => {};
  const ended = new Promise<AttemptEnd>((resolve) => {
    const end = (outcome: AttemptEnd) => {
      timer.cancel();
      resolve(outcome);
    };
    const timer = clock.schedule(timeoutMs, () => {
      const error = jobTimedOut(job.queue, timeoutMs);
      end({ kind: "failed", error: toJobError(error) });
      controller.abort(error);
    });
    stop = (reason) => {
      end({ kind: "stopped" });
      controller.abort(reason);
    };
    Promise.resolve()
      .then(() => handler({ ...job, signal: controller.signal }))
      .then(
        () => end({ kind: "done" }),
        (thrown: unknown) => end({ kind: "failed", error: toJobError(thrown) }),
      );
  });
  let over = false;
  void ended.then(() => {
    over = true;
  });
  return {
    ended,
    stop: (reason) => {
      if (!over) stop(reason);
    },
  };
}
