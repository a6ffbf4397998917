/** Tells a listener of the host's, if there is one. What it throws goes nowhere: it is there to watch. */
export function tell<Arguments extends readonly unknown[]>(
  listener: ((...told: Arguments) => void) | undefined,
  ...told: Arguments
): void {
  try {
    listener?.(...told);
  } catch {
    // There is nobody left to tell.
  }
}
