import type { JsonObject, JsonValue } from "@salesagent/ports";
import { type Ask, EMPTY_ASK } from "../ask.js";
import type { Failure } from "../failure.js";
import { arrayOf, stringOf } from "../json-access.js";

/** Reads an embeddings request; token arrays count as one input each. */
export function readEmbeddingsAsk(body: JsonObject): Ask {
  const { input } = body;
  const many = Array.isArray(input) && input.some((item) => typeof item !== "number");
  const inputs = many ? arrayOf(input) : input === undefined ? [] : [input];
  return {
    ...EMPTY_ASK,
    model: stringOf(body["model"]) ?? "",
    inputs: inputs.map((item) => (typeof item === "string" ? item : JSON.stringify(item))),
  };
}

/** What OpenAI refuses: no input, too many, an empty text. */
export function validateEmbeddings(ask: Ask): Failure | undefined {
  if (ask.inputs.length === 0 || ask.inputs.includes("")) {
    return { reason: "bad-request", message: "'$.input' is invalid: it must not be empty.", param: "input" };
  }
  if (ask.inputs.length <= 2048) return undefined;
  const message = `'$.input' is invalid: at most 2048 inputs, got ${ask.inputs.length}.`;
  return { reason: "bad-request", message, param: "input" };
}

/** The vectors as OpenAI sends them: floats, or base64 of 32-bit floats where that is asked for. */
export function embeddingsBody(
  ask: Ask,
  vectors: readonly (readonly number[])[],
  body: JsonObject,
): JsonObject {
  const base64 = body["encoding_format"] === "base64";
  const tokens = ask.inputs.reduce((total, text) => total + Math.max(1, Math.ceil(text.length / 4)), 0);
  return {
    object: "list",
    data: vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: base64 ? toBase64(vector) : vector,
    })) as JsonValue[],
    model: ask.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function toBase64(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString("base64");
}

const SIZES = new Map([
  ["text-embedding-3-large", 3072],
  ["text-embedding-3-small", 1536],
  ["text-embedding-ada-002", 1536],
]);

/** Dimensions of a model's vectors where the request names none. */
export function embeddingSizeOf(model: string, asked: JsonValue | undefined): number {
  if (typeof asked === "number" && Number.isInteger(asked) && asked > 0) return asked;
  return SIZES.get(model) ?? (model.startsWith("gemini-embedding") ? 3072 : 768);
}
