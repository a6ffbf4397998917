import { anthropicFormat } from "../anthropic/anthropic-format.js";
import type { Dialect } from "../dialect.js";
import { geminiFormat } from "../gemini/gemini-format.js";
import { ollamaFormat } from "../ollama/ollama-format.js";
import { chatFormat } from "../openai/chat-format.js";
import { responsesFormat } from "../openai/responses-format.js";
import type { DialectFormat } from "./dialect-format.js";

const FORMATS: Readonly<Record<Dialect, DialectFormat>> = {
  "openai-chat": chatFormat,
  "openai-responses": responsesFormat,
  anthropic: anthropicFormat,
  gemini: geminiFormat,
  ollama: ollamaFormat,
};

/** The format of a dialect. */
export function formatOf(dialect: Dialect): DialectFormat {
  const format = FORMATS[dialect];
  if (format === undefined) throw new TypeError(`dialect is unknown: ${JSON.stringify(dialect)}`);
  return format;
}
