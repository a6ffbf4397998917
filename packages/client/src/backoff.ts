/** The longest wait before another connection, in milliseconds, unless the server asks for more. */
const LONGEST_WAIT_MS = 30_000;
/** What a server may ask for at most, in milliseconds. */
const LONGEST_HINT_MS = 600_000;

/**
 * How long to wait before connecting again: half of it fixed and half by chance, so that readers of a server that went away do
 * not return at one moment; doubled with each failure in a row; never under what the server asked for.
 *
 * @param failures - In a row, from 0: a connection that ended after it brought something is none.
 */
export function reconnectWaitMs(
  failures: number,
  { baseMs, hintMs = 0, random }: { baseMs: number; hintMs?: number | undefined; random: () => number },
): number {
  const wholeMs = Math.min(baseMs * 2 ** failures, Math.max(baseMs, LONGEST_WAIT_MS));
  return Math.min(Math.max(wholeMs / 2 + (random() * wholeMs) / 2, hintMs), LONGEST_HINT_MS);
}
