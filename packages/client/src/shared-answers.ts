import type { JsonValue } from "./stream-event.js";

/** What every call can be given. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface JsonObject {
  readonly [name: string]: JsonValue;
}

export interface StoredError {
  readonly code: string;
  readonly message: string;
}
