import {
  type IssueFact,
  type JsonSchema,
  type JsonValue,
  type ModelProfile,
  type ModelRequest,
  type OutputSpec,
  type StandardSchema,
  systemMessage,
} from "@salesagent/ports";
import { isTooDeep } from "./json-depth.js";
import { jsonInText } from "./json-in-text.js";
import { PartialJson } from "./partial-json.js";
import { matchesPartially } from "./partial-match.js";
import { MAX_TOLD_ISSUES, toJsonSchema, type Validated, validate } from "./validate.js";

/** An answer of a given shape: how to ask for it, how to read it while it comes, how to check it. */
export class StructuredOutput<Output> {
  readonly spec: OutputSpec;
  readonly #schema: StandardSchema<unknown, Output>;

  /** @throws TypeError when the schema can't be printed as JSON Schema. */
  constructor(schema: StandardSchema<unknown, Output>, name: string) {
    this.#schema = schema;
    this.spec = { name, schema: closeObjects(toJsonSchema(schema, "input", "output")) as JsonSchema };
  }

  /** The request with the shape asked for: by the vendor's own means where it has them, in words where it has not. */
  ask(request: ModelRequest, profile: ModelProfile): ModelRequest {
    const asked = { ...request, output: this.spec };
    return profile.abilities.structuredOutput === "schema"
      ? asked
      : withSchemaInWords(asked, this.spec.schema);
  }

  /** Reads an answer as it is being written. */
  reader(): PartialOutputReader {
    return new PartialOutputReader(this.spec.schema);
  }

  /** The validated answer, or what is wrong with it. */
  async read(text: string): Promise<Validated<Output>> {
    const json = jsonInText(text);
    if (json === undefined) return { issues: [{ path: "", message: "the answer is not JSON" }] };
    if (isTooDeep(json)) return { issues: [{ path: "", message: "the answer is nested too deeply" }] };
    return validate(this.#schema, json);
  }
}

/** Answers of up to this many characters are told with every piece. */
const EVERY_PIECE_CHARS = 2_000;
/** Beyond that a partial comes when the answer has grown by this share: each costs as much as the whole answer so far. */
const GROWTH = 0.02;

/**
 * Yields what is known of an answer so far, as long as it can still fit the schema: with every piece at first, less often
 * as the answer grows beyond 2,000 characters (every 2 %), and in any case when it is complete.
 */
export class PartialOutputReader {
  readonly #schema: JsonSchema;
  readonly #json = new PartialJson();
  #begun = false;
  #readChars = 0;
  #nextAtChars = 0;

  constructor(schema: JsonSchema) {
    this.#schema = schema;
  }

  /** @returns The value so far, or nothing when there is none yet, it does not fit, or it is too early for another. */
  push(text: string): JsonValue | undefined {
    const rest = this.#begun ? text : afterPreamble(text);
    if (rest === "") return undefined;
    this.#begun = true;
    if (this.#json.complete) return undefined;
    this.#json.push(rest);
    this.#readChars += rest.length;
    if (this.#readChars < this.#nextAtChars && !this.#json.complete) return undefined;
    if (this.#readChars > EVERY_PIECE_CHARS) this.#nextAtChars = this.#readChars * (1 + GROWTH);
    const value = this.#json.value();
    return value !== undefined && matchesPartially(value, this.#schema) ? value : undefined;
  }
}

/** What to tell a model whose answer was of the wrong shape. */
export function repairPrompt(issues: readonly IssueFact[]): string {
  const told = issues.slice(0, MAX_TOLD_ISSUES);
  const list = told.map(({ path, message }) => `- ${path === "" ? "answer" : path}: ${message}`).join("\n");
  return `Your answer does not have the shape that was asked for:\n${list}\nAnswer again with the corrected JSON alone.`;
}

/** Passes over prose and code fences before the JSON begins. */
function afterPreamble(text: string): string {
  const begin = text.search(/[{[]/);
  return begin === -1 ? "" : text.slice(begin);
}

function withSchemaInWords(request: ModelRequest, schema: JsonSchema): ModelRequest {
  const words = `Answer with JSON alone, no prose and no code fence, that fits this JSON Schema:\n${JSON.stringify(schema)}`;
  const [first, ...rest] = request.messages;
  if (first?.role !== "system") return { ...request, messages: [systemMessage(words), ...request.messages] };
  const extra = systemMessage(words).parts;
  return { ...request, messages: [{ ...first, parts: [...first.parts, ...extra] }, ...rest] };
}

/** Forbids unlisted properties where the schema leaves it open: strict modes demand it, and validation drops them anyway. */
function closeObjects(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(closeObjects);
  if (typeof value !== "object" || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, child]) => [key, closeObjects(child)]));
  const open = copy["type"] === "object" && "properties" in copy && !("additionalProperties" in copy);
  return open ? { ...copy, additionalProperties: false } : copy;
}
