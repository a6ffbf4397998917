import { readFile } from "node:fs/promises";
import type { FilePart, JsonSchema, ModelRequest, ToolSpec } from "@salesagent/ports";
import { UsageError } from "../command/usage-error.js";
import type { RouteOptions } from "./route-options.js";

/** More than the largest context holds; such a file is no prompt. */
const MAX_FILE_CHARS = 50_000_000;

/** Stands for the host's own tools, which only it knows. */
const TOOL: ToolSpec = {
  name: "lookup",
  description: "Looks something up.",
  inputSchema: { type: "object", properties: { query: { type: "string" } }, required: ["query"] },
};

/** Stands for an image: that there is one is all that counts. */
const IMAGE: FilePart = {
  type: "file",
  mediaType: "image/png",
  data: { url: "https://example.com/image.png" },
  origin: "user",
};

/** The request that the options describe. @throws UsageError for a file that can't be used. */
export async function toRequest(options: RouteOptions): Promise<ModelRequest> {
  const { prompt, schemaFile, tools, image, maxOutputTokens } = options;
  const text = typeof prompt === "string" ? prompt : await readText(prompt.file, "file");
  const schema = schemaFile === undefined ? undefined : await readSchema(schemaFile);
  return {
    messages: [{ role: "user", parts: [{ type: "text", text, origin: "user" }, ...(image ? [IMAGE] : [])] }],
    ...(tools ? { tools: [TOOL] } : {}),
    ...(schema === undefined ? {} : { output: { name: "answer", schema, strict: true } }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  };
}

async function readSchema(file: string): Promise<JsonSchema> {
  const text = await readText(file, "schema");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`--schema: ${file} is not JSON.`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UsageError(`--schema: ${file} must hold a JSON schema, which is an object.`);
  }
  return value as JsonSchema;
}

async function readText(file: string, option: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`--${option}: ${file} can't be read (${error.code ?? error.message}).`);
  });
  if (text.length > MAX_FILE_CHARS) throw new UsageError(`--${option}: ${file} is too large.`);
  if (text.trim() === "") throw new UsageError(`--${option}: ${file} is empty.`);
  return text;
}
