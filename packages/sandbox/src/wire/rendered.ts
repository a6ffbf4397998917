import type { WireEvent } from "./wire-event.js";

/** A response before anything goes wrong with it. */
export interface Rendered {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly events: readonly WireEvent[];
}
