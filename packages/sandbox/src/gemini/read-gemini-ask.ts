import type { JsonObject } from "@salesagent/ports";
import { type Ask, EMPTY_ASK } from "../ask.js";
import { arrayOf, isObject, objectOf, stringOf } from "../json-access.js";

/** Reads a generateContent request. The model and the wish to stream stand in its path. */
export function readGeminiAsk(body: JsonObject): Ask {
  const contents = arrayOf(body["contents"]).map(objectOf);
  const generation = objectOf(body["generationConfig"]);
  const schema = generation["responseJsonSchema"] ?? generation["responseSchema"];
  const last = contents.at(-1);
  const answersTool = partsOf(last).some((part) => part["functionResponse"] !== undefined);
  return {
    ...EMPTY_ASK,
    tools: arrayOf(body["tools"])
      .flatMap((tool) => arrayOf(objectOf(tool)["functionDeclarations"]))
      .map(objectOf)
      .map((tool) => ({
        name: stringOf(tool["name"]) ?? "",
        schema: objectOf(tool["parametersJsonSchema"] ?? tool["parameters"]),
      })),
    toolChoice: readMode(objectOf(objectOf(body["toolConfig"])["functionCallingConfig"])),
    ...(isObject(schema) ? { outputSchema: schema } : {}),
    json: generation["responseMimeType"] === "application/json",
    prompt: partsOf(contents.findLast(({ role }) => role !== "model"))
      .map((part) => stringOf(part["text"]) ?? "")
      .join(""),
    lastRole: answersTool ? "tool" : last?.["role"] === "model" ? "assistant" : "user",
  };
}

/** The parts of a content. */
export function partsOf(content: JsonObject | undefined): readonly JsonObject[] {
  return arrayOf(content?.["parts"]).map(objectOf);
}

function readMode(config: JsonObject): Ask["toolChoice"] {
  const allowed = arrayOf(config["allowedFunctionNames"]);
  if (config["mode"] === "NONE") return "none";
  if (config["mode"] !== "ANY") return "auto";
  return allowed.length === 1 ? { name: String(allowed[0]) } : "required";
}

/** Reads an embedContent or a batchEmbedContents request. */
export function readGeminiEmbedAsk(body: JsonObject): Ask {
  const requests = body["requests"] === undefined ? [body] : arrayOf(body["requests"]).map(objectOf);
  return {
    ...EMPTY_ASK,
    inputs: requests.map((request) =>
      partsOf(objectOf(request["content"]))
        .map((part) => stringOf(part["text"]) ?? "")
        .join(""),
    ),
  };
}
