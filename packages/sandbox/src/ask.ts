import type { JsonObject } from "@salesagent/ports";

/** A tool that the request offers. */
export interface AskedTool {
  readonly name: string;
  /** JSON Schema of its arguments. */
  readonly schema: JsonObject;
}

/** What a request asks for, in no vendor's words. */
export interface Ask {
  readonly model: string;
  readonly stream: boolean;
  readonly tools: readonly AskedTool[];
  readonly toolChoice: "auto" | "none" | "required" | { readonly name: string };
  /** The schema that the answer must match. */
  readonly outputSchema?: JsonObject;
  /** JSON is asked for, with or without a schema. */
  readonly json: boolean;
  /** The text of the last message that is not the model's own. */
  readonly prompt: string;
  /** Who spoke last. */
  readonly lastRole: "user" | "assistant" | "tool";
  /** The texts to embed. */
  readonly inputs: readonly string[];
}

/** An ask of which nothing is known yet. */
export const EMPTY_ASK: Ask = {
  model: "",
  stream: false,
  tools: [],
  toolChoice: "auto",
  json: false,
  prompt: "",
  lastRole: "user",
  inputs: [],
};
