import type { JsonObject, JsonValue } from "@salesagent/ports";
import type { Failure } from "../failure.js";
import { arrayOf, isObject, objectOf, stringOf } from "../json-access.js";
import { partsOf } from "./read-gemini-ask.js";

/** What Gemini refuses in a generateContent request. */
export function validateGemini(body: JsonObject, model: string): Failure | undefined {
  const contents = arrayOf(body["contents"]).map(objectOf);
  return (
    checkNames(body) ??
    (contents.length === 0
      ? refuse("* GenerateContentRequest.contents: contents is not specified")
      : undefined) ??
    checkCallTurns(contents) ??
    (model.includes("gemini-3") ? checkSignatures(contents) : undefined) ??
    checkSchemas(body)
  );
}

const refuse = (message: string): Failure => ({ reason: "bad-request", message });

const NAMES = new Set(
  `contents systemInstruction system_instruction tools toolConfig tool_config generationConfig generation_config
  safetySettings safety_settings cachedContent cached_content labels model serviceTier store`.split(/\s+/),
);

function checkNames(body: JsonObject): Failure | undefined {
  const name = Object.keys(body).find((key) => !NAMES.has(key));
  if (name === undefined) return undefined;
  return refuse(`Invalid JSON payload received. Unknown name "${name}": Cannot find field.`);
}

/** As many responses as calls, in the turn right after them. */
function checkCallTurns(contents: readonly JsonObject[]): Failure | undefined {
  for (const [position, content] of contents.entries()) {
    const calls = countOf(content, "functionCall");
    const responses = countOf(contents[position + 1], "functionResponse");
    if (calls > 0 && calls !== responses) {
      return refuse(
        "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
      );
    }
    if (countOf(content, "functionResponse") > 0 && countOf(contents[position - 1], "functionCall") === 0) {
      return refuse(
        "Please ensure that function response turn comes immediately after a function call turn.",
      );
    }
  }
  return undefined;
}

function countOf(content: JsonObject | undefined, key: string): number {
  return partsOf(content).filter((part) => part[key] !== undefined).length;
}

/** The first call of each turn comes back with the signature that it was sent with. */
function checkSignatures(contents: readonly JsonObject[]): Failure | undefined {
  for (const content of contents) {
    const call = partsOf(content).find((part) => part["functionCall"] !== undefined);
    if (call === undefined || stringOf(call["thoughtSignature"])) continue;
    const name = stringOf(objectOf(call["functionCall"])["name"]) ?? "";
    return refuse(
      `Function call is missing a thought_signature in functionCall parts. Additional data, function call \`${name}\`, position 1.`,
    );
  }
  return undefined;
}

/** Keywords outside the OpenAPI subset that `responseSchema` and `parameters` take; the JSON Schema fields take them. */
const UNKNOWN_KEYWORDS = ["$schema", "$ref", "$defs", "additionalProperties", "const", "oneOf", "allOf"];

function checkSchemas(body: JsonObject): Failure | undefined {
  const declarations = arrayOf(body["tools"])
    .flatMap((tool) => arrayOf(objectOf(tool)["functionDeclarations"]))
    .map((declaration) => objectOf(declaration)["parameters"]);
  const output = objectOf(body["generationConfig"])["responseSchema"];
  for (const [place, schema] of [
    ["generation_config.response_schema", output] as const,
    ...declarations.map(
      (declared, at) => [`tools[0].function_declarations[${at}].parameters`, declared] as const,
    ),
  ]) {
    const keyword = unknownKeyword(schema);
    if (keyword !== undefined) {
      return refuse(
        `Invalid JSON payload received. Unknown name "${keyword}" at '${place}': Cannot find field.`,
      );
    }
  }
  return undefined;
}

function unknownKeyword(value: JsonValue | undefined): string | undefined {
  if (!isObject(value)) return undefined;
  const own = UNKNOWN_KEYWORDS.find((name) => value[name] !== undefined);
  if (own !== undefined) return own;
  const children = [
    ...Object.values(objectOf(value["properties"])),
    value["items"],
    ...arrayOf(value["anyOf"]),
  ];
  for (const child of children) {
    const found = unknownKeyword(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
