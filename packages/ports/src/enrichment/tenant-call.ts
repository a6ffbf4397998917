import type { CallOptions } from "../call-options.js";

/** Whose data a call is about. */
export interface TenantCall extends CallOptions {
  readonly tenant: string;
}
