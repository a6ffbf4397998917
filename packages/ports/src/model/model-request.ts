import type { CallOptions } from "../call-options.js";
import type { JsonObject, JsonSchema } from "../json.js";
import type { AttemptGuard } from "./attempt-guard.js";
import type { CallScope } from "./call-scope.js";
import type { Message } from "./message.js";

/** A tool as the model sees it. */
export interface ToolSpec {
  /** Letters, digits, `_` and `-`, 64 at most: the narrowest rule among the vendors. */
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  /** Asks the vendor to hold the arguments to the schema. */
  readonly strict?: boolean;
}

/** The shape that the answer shall have. */
export interface OutputSpec {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly strict?: boolean;
}

/** How hard to think. A vendor that has fewer steps takes the nearest and warns. */
export type ReasoningEffort = "none" | "minimal" | "low" | "medium" | "high" | "max";

/** One call of a model, in words that every vendor can be told. */
export interface ModelRequest {
  readonly messages: readonly Message[];
  readonly tools?: readonly ToolSpec[];
  readonly toolChoice?: "auto" | "none" | "required" | { readonly tool: string };
  readonly parallelToolCalls?: boolean;
  readonly output?: OutputSpec;
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  readonly reasoning?: { readonly effort: ReasoningEffort };
  /** Keeps requests that share a prefix on one prompt cache, where the vendor takes such a key. */
  readonly cacheKey?: string;
  /** Fields for one vendor, sent as they are; keyed by provider. They win over the fields above. */
  readonly providerOptions?: Readonly<Record<string, JsonObject>>;
}

/** Time limits of one model call, in milliseconds. `Infinity` switches one off. */
export interface ModelTimeouts {
  /** From the call to the response headers. @defaultValue 60_000; 300_000 for a whole delivery, which begins when it is done */
  readonly headersMs?: number;
  /** From the call to the first token; keep-alives do not count. @defaultValue 120_000; 300_000 for a whole delivery */
  readonly firstTokenMs?: number;
  /** Silence on the connection once an answer has begun. @defaultValue 30_000 */
  readonly stallMs?: number;
  /** The whole call. @defaultValue Infinity */
  readonly totalMs?: number;
}

/** How one model call is made. */
export interface ModelCallOptions extends CallOptions {
  readonly timeouts?: ModelTimeouts | undefined;
  /**
   * `streamed`: tokens as they come. `whole`: one reply, for callers that read only the result; the events are the same,
   * with one delta for each part. @defaultValue "streamed"
   */
  readonly delivery?: "streamed" | "whole" | undefined;
  /** Extra HTTP headers. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What the call is for. Models send none of it to a vendor. */
  readonly scope?: CallScope | undefined;
  /** The kind of work, such as `qualification`, for routers that choose by it. */
  readonly task?: string | undefined;
  /** `local`: the prompt must stay on machines of the host's choosing; routers then pass over all others. */
  readonly locality?: "local" | undefined;
  /** Asked before each attempt. Read by models that say `guardsAttempts`; for others, wrap them with `guarded` of core. */
  readonly guards?: readonly AttemptGuard[] | undefined;
}
