import type { JsonObject } from "@salesagent/ports";
import type { Vendor } from "./dialect.js";

/** What a renderer must know of the request that it answers. */
export interface RenderContext {
  readonly vendor: Vendor;
  /** The request's body, from which options such as `stream_options` are read. */
  readonly body: JsonObject;
  /** The request's query: Gemini streams SSE only for `alt=sse`. */
  readonly query: Readonly<Record<string, string>>;
  /** Ids follow from it. */
  readonly seed: string;
}
