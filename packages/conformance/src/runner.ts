/** The matchers that the suites call; those of vitest, jest and `expect` fit. */
export interface Matchers {
  readonly not: Matchers;
  readonly rejects: AsyncMatchers;
  readonly resolves: AsyncMatchers;
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
  toMatchObject(expected: object): void;
  toContain(expected: unknown): void;
  toMatch(expected: RegExp | string): void;
  toBeDefined(): void;
  toBeUndefined(): void;
  toBeInstanceOf(expected: unknown): void;
  toHaveLength(expected: number): void;
  toBeGreaterThan(expected: number): void;
  toBeGreaterThanOrEqual(expected: number): void;
  toBeLessThan(expected: number): void;
  toBeLessThanOrEqual(expected: number): void;
  toThrow(expected?: unknown): void;
}

/** Matchers of a promise's outcome. */
export type AsyncMatchers = {
  [Name in Exclude<keyof Matchers, "not" | "rejects" | "resolves">]: (
    ...expected: Parameters<Matchers[Name]>
  ) => Promise<void>;
} & { readonly not: AsyncMatchers };

/** What a runner may hand to a running case. */
export interface RunningCase {
  /** Ends the case as skipped. Runners without it count the case as passed. */
  skip?(reason: string): unknown;
}

/** The test runner, passed in by the caller: vitest as it is, jest, or `node:test` with the `expect` package. */
export interface Runner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: (...args: [running?: RunningCase]) => Promise<void>, timeoutMs?: number): unknown;
  /** @param message - Shown when the check fails, by runners that can. */
  expect(actual: unknown, message?: string): Matchers;
}
