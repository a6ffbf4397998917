import type { JsonObject } from "@salesagent/ports";
import type { Ask } from "./ask.js";
import type { Dialect, EmbeddingDialect, Vendor } from "./dialect.js";

/** How a request ended. `pending` has not yet, or is held open on purpose. */
export type RequestOutcome = "pending" | "answered" | "cut" | "reset" | "client-closed" | "sandbox-closed";

/** A request as the script sees it. Keys and cookies are shortened to their last four characters. */
export interface SandboxRequest {
  /** Position among all requests, from 0. */
  readonly index: number;
  readonly vendor: Vendor;
  /** Undefined for requests that ask for no answer: lists of models, versions, wrong paths. */
  readonly dialect: Dialect | EmbeddingDialect | undefined;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed body; empty where there was none or it was no JSON object. */
  readonly body: JsonObject;
  /** What is asked for, in no vendor's words. */
  readonly ask: Ask;
}

/** A request in the log. */
export interface LoggedRequest extends SandboxRequest {
  /** When it came, in milliseconds since the Unix epoch by the sandbox's clock. */
  readonly atMs: number;
  readonly outcome: RequestOutcome;
  /** Status that was sent or planned; undefined while none is known. */
  readonly status?: number;
}
