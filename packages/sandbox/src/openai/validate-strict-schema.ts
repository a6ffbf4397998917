import type { JsonObject, JsonValue } from "@salesagent/ports";
import type { Failure } from "../failure.js";
import { arrayOf, isObject, objectOf, stringOf } from "../json-access.js";

/** OpenAI's strict schemas: each object lists all its properties as required and takes no others. */
export function checkStrictSchemas(body: JsonObject): Failure | undefined {
  const format = objectOf(objectOf(body["response_format"])["json_schema"]);
  if (format["strict"] === true) {
    const name = stringOf(format["name"]) ?? "";
    const failure = checkStrict(objectOf(format["schema"]), `response_format '${name}'`, "response_format");
    if (failure !== undefined) return failure;
  }
  for (const tool of arrayOf(body["tools"])) {
    const described = objectOf(objectOf(tool)["function"]);
    if (described["strict"] !== true) continue;
    const name = stringOf(described["name"]) ?? "";
    const failure = checkStrict(
      objectOf(described["parameters"]),
      `function '${name}'`,
      "tools[0].function.parameters",
    );
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** The first breach in a schema. Also for the Responses API, which names the same rules. */
export function checkStrict(schema: JsonObject, what: string, param: string): Failure | undefined {
  const fault = findBreach(schema, []);
  if (fault === undefined) return undefined;
  return {
    reason: "bad-request",
    message: `Invalid schema for ${what}: ${fault}`,
    param,
    code: "invalid_json_schema",
  };
}

function findBreach(schema: JsonObject, path: readonly string[]): string | undefined {
  const context = `In context=(${path.map((step) => `'${step}'`).join(", ")})`;
  const properties = schema["properties"];
  if (schema["type"] === "object" || properties !== undefined) {
    if (schema["additionalProperties"] !== false) {
      return `${context}, 'additionalProperties' is required to be supplied and to be false.`;
    }
    const required = new Set(arrayOf(schema["required"]));
    const missing = Object.keys(objectOf(properties)).find((name) => !required.has(name));
    if (missing !== undefined) {
      return `${context}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
    }
  }
  return firstBreach(childrenOf(schema), path);
}

function firstBreach(
  children: readonly (readonly [string, JsonValue])[],
  path: readonly string[],
): string | undefined {
  for (const [step, child] of children) {
    const breach = isObject(child) ? findBreach(child, [...path, step]) : undefined;
    if (breach !== undefined) return breach;
  }
  return undefined;
}

function childrenOf(schema: JsonObject): [string, JsonValue][] {
  return [
    ...Object.entries(objectOf(schema["properties"])),
    ...Object.entries(objectOf(schema["$defs"])),
    ...arrayOf(schema["anyOf"]).map((child, at): [string, JsonValue] => [`anyOf.${at}`, child]),
    ...(schema["items"] === undefined ? [] : [["items", schema["items"]] as [string, JsonValue]]),
  ];
}
