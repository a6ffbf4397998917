/** A place to write text to. */
export interface Output {
  /** @returns False when the reader is behind and `drain` will tell that it has caught up. */
  write(text: string): unknown;
  once?(event: "drain", listener: () => void): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** A place to read text from. */
export interface Input extends AsyncIterable<string | Uint8Array> {
  readonly isTTY?: boolean | undefined;
  /** Ends the reading, also where somebody is waited for. */
  destroy?(): unknown;
}

/** Everything of the process that a command touches. */
export interface Io {
  /** @defaultValue nothing can be read */
  readonly stdin?: Input | undefined;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
  /** @defaultValue the platform's `fetch` */
  readonly fetch?: typeof globalThis.fetch | undefined;
}
