import { onAbort } from "@salesagent/ports";

/** A signal that follows a parent, can be aborted by itself, and lets go of the parent when it is closed. */
export interface LinkedSignal extends Disposable {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
}

/** Links by hand: `AbortSignal.any` on a long-lived parent leaves a little behind each time. */
export function linkSignal(parent: AbortSignal | undefined): LinkedSignal {
  const controller = new AbortController();
  let release = () => {};
  if (parent?.aborted) controller.abort(parent.reason);
  else if (parent) release = onAbort(parent, () => controller.abort(parent.reason));
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    [Symbol.dispose]: () => release(),
  };
}
