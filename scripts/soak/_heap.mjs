/** What the suites that look for leaks share; run them with --expose-gc. */

/** What is on the heap and in use, in megabytes. */
export async function heapMb() {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed / 1048576;
}

/**
 * @param {boolean} holds
 * @param {string} message
 * @throws Error when it doesn't hold.
 */
export function check(holds, message) {
  if (!holds) throw new Error(`Soak failed: ${message}.`);
}
