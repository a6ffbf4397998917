/**
 * Holds a number option to its bounds.
 *
 * @param path - The option's path, for the message: `breaker.errorShare`.
 * @param rule - What it must be, for the message: `a number > 0 and ≤ 1`.
 * @throws RangeError naming the option.
 */
export function checkOption(
  path: string,
  value: number,
  rule: string,
  holds: (value: number) => boolean,
): void {
  if (typeof value !== "number" || !holds(value)) {
    throw new RangeError(`${path} must be ${rule}, got ${String(value)}`);
  }
}

/** @throws RangeError naming the option, unless it is a whole number of at least `least`. */
export function checkWhole(path: string, value: number, least: number): void {
  checkOption(path, value, `a whole number ≥ ${least}`, (it) => Number.isInteger(it) && it >= least);
}

/** @throws RangeError naming the option, unless it is a number of milliseconds of at least `least`. */
export function checkSpan(path: string, value: number, least: number): void {
  checkOption(path, value, `a number of milliseconds ≥ ${least}`, (it) => Number.isFinite(it) && it >= least);
}

/** @throws TypeError naming the option, unless it is a text that is not empty. */
export function checkName(path: string, value: string): void {
  if (typeof value !== "string" || value.length < 1 || value.length > 400) {
    throw new TypeError(`${path} must be a text of 1 to 400 characters`);
  }
}

/** @throws TypeError naming the option, unless it is a function. */
export function checkFunction(path: string, value: unknown): void {
  if (typeof value !== "function") throw new TypeError(`${path} must be a function, got ${typeof value}`);
}
