import type { JsonObject, JsonSchema } from "@salesagent/ports";

const text = (maxLength: number): JsonObject => ({ type: "string", minLength: 1, maxLength });
const id: JsonObject = { $ref: "#/$defs/id" };
const path: JsonObject = { type: "string", pattern: "^/([^~]|~[01])+$", maxLength: 400 };
const source: JsonObject = { $ref: "#/$defs/source" };
const mapping: JsonObject = { type: "object", additionalProperties: source };
const condition: JsonObject = { $ref: "#/$defs/condition" };
const conditions: JsonObject = { type: "array", items: condition, minItems: 1, maxItems: 100 };
const milliseconds: JsonObject = { type: "number", minimum: 1, maximum: 315_576_000_000 };

const object = (properties: JsonObject, required: readonly string[]): JsonObject => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

const node = (kind: string, properties: JsonObject, required: readonly string[] = []): JsonObject =>
  object({ kind: { const: kind }, id, label: text(200), ...properties }, ["kind", "id", ...required]);

const input: JsonObject = { input: mapping, wholeInput: source };
const tries: JsonObject = { retry: { $ref: "#/$defs/retry" }, timeoutMs: milliseconds };

const kinds: JsonObject = {
  agent: node("agent", { agent: text(200), ...input, ...tries }, ["agent"]),
  tool: node("tool", { tool: text(64), ...input, ...tries }, ["tool"]),
  decision: node("decision", {}),
  parallel: node("parallel", { join: id }, ["join"]),
  "wait-for-time": node("wait", { durationMs: milliseconds }, ["durationMs"]),
  "wait-for-event": node("wait", { event: text(200), timeoutMs: milliseconds }, ["event"]),
  approval: node("approval", { ask: mapping, timeoutMs: milliseconds }),
  workflow: node("workflow", { workflow: text(64), version: text(100), ...input, ...tries }, ["workflow"]),
  end: node("end", { output: mapping, wholeOutput: source }),
};

/** The JSON Schema of a {@link WorkflowDefinition}, draft 2020-12: for editors, and for models that write workflows. */
export const workflowSchema: JsonSchema = Object.freeze({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Workflow",
  ...object(
    {
      name: { type: "string", pattern: "^[A-Za-z][A-Za-z0-9_.-]{0,63}$" },
      version: text(100),
      description: text(2_000),
      input: { type: "object", description: "JSON Schema of what a run is given" },
      start: id,
      nodes: {
        type: "array",
        minItems: 1,
        maxItems: 1_000,
        items: { anyOf: Object.keys(kinds).map((kind) => ({ $ref: `#/$defs/${kind}` })) },
      },
      edges: {
        type: "array",
        maxItems: 5_000,
        items: object({ from: id, to: id, when: condition, on: { enum: ["error", "refused", "timeout"] } }, [
          "from",
          "to",
        ]),
      },
    },
    ["name", "version", "start", "nodes", "edges"],
  ),
  $defs: {
    ...kinds,
    id: { type: "string", pattern: "^[A-Za-z][A-Za-z0-9_-]{0,39}$" },
    retry: object(
      {
        retries: { type: "integer", minimum: 1, maximum: 100 },
        baseMs: { type: "number", minimum: 0, maximum: 86_400_000 },
        factor: { type: "number", minimum: 1, maximum: 100 },
      },
      ["retries"],
    ),
    source: {
      anyOf: [
        object({ from: path, default: true }, ["from"]),
        object({ value: true }, ["value"]),
        object({ text: text(100_000) }, ["text"]),
      ],
    },
    condition: {
      anyOf: [
        object({ and: conditions }, ["and"]),
        object({ or: conditions }, ["or"]),
        object({ not: condition }, ["not"]),
        object(
          {
            path,
            is: { enum: ["==", "!=", "<", "<=", ">", ">=", "in", "contains", "exists"] },
            value: true,
            valueFrom: path,
          },
          ["path", "is"],
        ),
      ],
    },
  },
});
