/** A schema as the AI SDK's own `asSchema` gives it. */
export interface AiSdkSchema {
  /** The JSON Schema, or a promise of it. */
  readonly jsonSchema: unknown;
  readonly validate?: ((value: unknown) => unknown) | undefined;
}

/** The members of an AI SDK tool that are used: what `tool({ … })` gives, of AI SDK 5, 6 and 7. */
export interface AiSdkTool {
  readonly description?: unknown;
  readonly inputSchema: unknown;
  readonly needsApproval?: unknown;
  execute?(input: never, options: never): unknown;
}

/** What the AI SDK tells a tool of its call. */
export interface AiSdkCall {
  readonly toolCallId: string;
  readonly abortSignal?: AbortSignal | undefined;
}

/** What the AI SDK's `jsonSchema` is given to check input by. */
export interface AiSdkValidation {
  readonly validate: (
    value: unknown,
  ) => Promise<
    { readonly success: true; readonly value: unknown } | { readonly success: false; readonly error: Error }
  >;
}

/** A tool for `generateText` and `streamText`. */
export interface ToolForAiSdk<Schema> {
  readonly description: string;
  readonly inputSchema: Schema;
  readonly execute: (input: unknown, call: AiSdkCall) => Promise<unknown>;
}
