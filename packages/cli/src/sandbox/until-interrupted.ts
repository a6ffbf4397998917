import type { Io } from "../io.js";

/** Resolves once the user interrupts. */
export function untilInterrupted({ signal }: Io): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
