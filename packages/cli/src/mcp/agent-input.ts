import type { JsonObject, StandardIssue, StandardSchema } from "@salesagent/ports";
import type { AgentEntry, RunField, RunFields } from "../agents/agent-entry.js";

const WORDS: Readonly<Record<RunField, string>> = {
  company: "The company's name.",
  domain: "Its site, such as works.example.",
  email: "The mail address of the person whom it is about.",
  person: "The name of that person.",
  goal: "What to look for.",
  offer: "What is offered.",
  channels: "email, linkedin, sms.",
  text: "What the person says or writes.",
};

/** What clients give an agent: the fields that the command line has options for, or its whole input. */
export function agentInput(entry: AgentEntry): StandardSchema<unknown, JsonObject> {
  const schema = inputSchema(entry);
  return {
    "~standard": {
      version: 1,
      vendor: "salesagent",
      validate: (value) => readInput(entry, isObject(value) ? value : {}),
      jsonSchema: { input: () => ({ ...schema }), output: () => ({ ...schema }) },
    },
  };
}

function inputSchema({ fields, example }: AgentEntry): JsonObject {
  const text = (field: RunField) => ({ type: "string", maxLength: 20_000, description: WORDS[field] });
  const list = { type: "array", items: { type: "string" }, description: WORDS.channels };
  const known = fields.map((field) => [field, field === "channels" ? list : text(field)]);
  const whole = {
    type: "object",
    description: `In place of the other fields, all that the agent takes, such as ${JSON.stringify(example)}`,
  };
  return {
    type: "object",
    properties: { ...Object.fromEntries(known), input: whole },
    additionalProperties: false,
  };
}

type Read = { readonly value: JsonObject } | { readonly issues: readonly StandardIssue[] };

function readInput({ fields, toInput }: AgentEntry, { input: whole, ...given }: JsonObject): Read {
  const issues = Object.entries(given).flatMap(([name, item]) => {
    const field = fields.find((candidate) => candidate === name);
    const message = field ? fieldProblem(field, item) : "is not a field of this agent";
    return message === undefined ? [] : [{ message, path: [name] }];
  });
  if (whole !== undefined) {
    if (!isObject(whole)) issues.push({ message: "must be an object", path: ["input"] });
    else if (Object.keys(given).length === 0) return { value: whole };
    else issues.push({ message: "is given in place of the other fields", path: ["input"] });
  }
  if (issues.length > 0) return { issues };
  // Each was looked at above.
  const input = toInput(given as unknown as RunFields);
  return input
    ? { value: input }
    : { issues: [{ message: `needs more of: ${fields.join(", ")}; or input` }] };
}

function fieldProblem(field: RunField, item: unknown): string | undefined {
  const isText = (value: unknown) => typeof value === "string" && value.trim() !== "";
  if (field === "channels")
    return Array.isArray(item) && item.every(isText) ? undefined : "must be a list of texts";
  return isText(item) ? undefined : "must be a text";
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
