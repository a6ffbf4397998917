import type { RateFact } from "./rate-facts.js";

/** One exchange with a service, for logs and progress. It holds no query, id, body or secret. */
export interface ServiceCallEvent {
  readonly service: string;
  readonly method: string;
  /** The path without what varies in it: `/crm/objects/2026-09/contacts/{}`. */
  readonly route: string;
  /** Which try it was, from 1 on. */
  readonly attempt: number;
  /** Absent where no answer came. */
  readonly status?: number;
  /** An error code of the family, where it failed. */
  readonly errorCode?: string;
  readonly requestId?: string;
  /** From sending to the end of the answer, in milliseconds. */
  readonly durationMs: number;
  /** What it waited for the rate budget, in milliseconds. */
  readonly waitedMs: number;
  readonly rateFacts: readonly RateFact[];
}
