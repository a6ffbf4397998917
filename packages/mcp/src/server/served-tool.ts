import type { JsonObject, JsonSchema, JsonValue } from "@salesagent/ports";

/** Who is served: somebody that the host has identified. A `Principal` of the server package fits. */
export interface McpPrincipal {
  /** Whose data is worked on. */
  readonly tenant: string;
  /** Such as `user:42`. */
  readonly id: string;
}

/** One call of a client. */
export interface ServedCall {
  readonly principal: McpPrincipal;
  readonly input: JsonObject;
  /** Aborts when the client cancels, or leaves. */
  readonly signal: AbortSignal;
  /** Tells the client that asked for it how far the work is. */
  progress(message: string): void;
}

/** What a call came to. */
export interface ServedOutcome {
  readonly output: JsonValue;
  readonly failed: boolean;
  /** Of what failed. */
  readonly code?: string | undefined;
}

/** Something that clients can call. */
export interface ServedTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly writes: boolean;
  /** Whether it brings words of others. */
  readonly external: boolean;
  /** @throws What ended the work. */
  call(call: ServedCall): Promise<ServedOutcome>;
}
