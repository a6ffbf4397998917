/**
 * The few parts of a test runner that the suites call. Vitest's and Jest's `describe`, `it` and `expect` fit as they are;
 * `node:test` fits with the `expect` package.
 */
export interface Runner {
  readonly describe: (name: string, define: () => void) => unknown;
  readonly it: (name: string, run: (...args: [running?: RunningCase]) => Promise<void>) => unknown;
  /** @param message - Shown when the check fails, by runners that can. */
  readonly expect: (actual: unknown, message?: string) => Expectation;
}

/** What a runner may hand to a running case. */
export interface RunningCase {
  /** Ends the case as skipped. Runners without it count the case as passed. */
  skip?(reason: string): unknown;
}

/** What the suites say about a value. */
export interface Expectation {
  readonly not: Pick<Expectation, "toBe" | "toContain" | "toMatch">;
  /** Identity, as `Object.is` has it. */
  toBe(expected: unknown): void;
  /** Deep equality; a property that is `undefined` counts as absent. */
  toEqual(expected: unknown): void;
  /** Deep equality of the properties that `expected` has. */
  toMatchObject(expected: object): void;
  /** An element of a list, or a part of a text. */
  toContain(expected: unknown): void;
  toMatch(expected: RegExp): void;
  toHaveLength(expected: number): void;
  toBeInstanceOf(expected: unknown): void;
  toBeGreaterThan(expected: number): void;
  toBeGreaterThanOrEqual(expected: number): void;
  toBeLessThan(expected: number): void;
  toBeLessThanOrEqual(expected: number): void;
  toThrow(expected: unknown): void;
  readonly rejects: {
    toBe(expected: unknown): Promise<void>;
    toMatchObject(expected: object): Promise<void>;
  };
}
