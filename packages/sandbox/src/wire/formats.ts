import type { Dialect } from "../dialect.js";
import { chatFormat } from "../openai/chat-format.js";
import type { DialectFormat } from "./dialect-format.js";

const FORMATS: Readonly<Partial<Record<Dialect, DialectFormat>>> = {
  "openai-chat": chatFormat,
};

/** The format of a dialect. */
export function formatOf(dialect: Dialect): DialectFormat {
  const format = FORMATS[dialect];
  if (format === undefined) throw new TypeError(`dialect is unknown: ${JSON.stringify(dialect)}`);
  return format;
}
