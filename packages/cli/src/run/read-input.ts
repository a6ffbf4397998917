import { readFile } from "node:fs/promises";
import type { JsonObject } from "@salesagent/ports";
import type { AgentEntry, RunField, RunFields } from "../agents/agent-entry.js";
import type { OptionSpec, OptionValues } from "../command/command.js";
import { flagOption, textOption } from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import type { Io } from "../io.js";

/** Inputs are a lead and some words; anything larger is another file. */
const MAX_INPUT_CHARS = 5_000_000;

/** Fields of an input that have an option of their own. */
const FIELD_OPTIONS = {
  company: { type: "string", value: "NAME", help: "the company" },
  domain: { type: "string", value: "DOMAIN", help: "its site, such as works.example" },
  email: { type: "string", value: "ADDRESS", help: "whom it is about" },
  person: { type: "string", value: "NAME", help: "the name of that person" },
  goal: { type: "string", value: "TEXT", help: "growth: what to look for" },
  offer: { type: "string", value: "TEXT", help: "marketing: what is offered" },
  channels: { type: "string", value: "LIST", help: "marketing: email, linkedin, sms" },
  text: { type: "string", value: "TEXT", help: "conversation, service: what a person says or writes" },
} as const satisfies Record<RunField, OptionSpec>;

/** The options by which an input is given. */
export const INPUT_OPTIONS = {
  input: { type: "string", value: "JSON", help: "the agent's input; - reads it from the standard input" },
  "input-file": { type: "string", value: "FILE", help: "reads it from a file" },
  example: { type: "boolean", help: "takes a made-up one" },
  ...FIELD_OPTIONS,
} as const satisfies Record<string, OptionSpec>;

/** The input that was given, in whatever way. @throws UsageError when there is none, or more than one. */
export async function readInput(entry: AgentEntry, options: OptionValues, io: Io): Promise<JsonObject> {
  const fields = readFields(options);
  const names = (Object.keys(fields) as RunField[]).filter((name) => fields[name] !== undefined);
  const [text, file] = [textOption(options, "input"), textOption(options, "input-file")];
  const example = flagOption(options, "example");
  const ways = [text !== undefined, file !== undefined, example, names.length > 0].filter(Boolean);
  if (ways.length > 1) {
    throw new UsageError("Give the input once: --input, --input-file, --example, or options for its fields.");
  }
  if (example) return entry.example;
  if (text === "-") return parseInput(await readAll(io), "--input -");
  if (text !== undefined) return parseInput(text, "--input");
  if (file !== undefined) return parseInput(await readInputFile(file), `--input-file ${file}`);
  const foreign = names.find((name) => !entry.fields.includes(name));
  if (foreign !== undefined) {
    throw new UsageError(`--${foreign} is not for ${entry.name}, which takes ${listOf(entry.fields)}.`);
  }
  const input = entry.toInput(fields);
  if (input) return input;
  const tells = `--input '${JSON.stringify(entry.example)}'`;
  throw new UsageError(`${entry.name} needs an input: ${listOf(entry.fields)}; --example; or ${tells}`);
}

const listOf = (fields: readonly RunField[]): string => fields.map((field) => `--${field}`).join(", ");

function readFields(options: OptionValues): RunFields {
  const text = (name: RunField) => textOption(options, name);
  const channels = text("channels")
    ?.split(",")
    .map((channel) => channel.trim());
  return {
    company: text("company"),
    domain: text("domain"),
    email: text("email"),
    person: text("person"),
    goal: text("goal"),
    offer: text("offer"),
    channels,
    text: text("text"),
  };
}

async function readInputFile(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`--input-file: ${file} can't be read (${error.code ?? error.message}).`);
  });
}

async function readAll({ stdin }: Io): Promise<string> {
  if (!stdin) throw new UsageError("--input -: there is no standard input.");
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stdin) {
    text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    if (text.length > MAX_INPUT_CHARS) throw new UsageError("--input -: that is too large to be an input.");
  }
  return text + decoder.decode();
}

/** @param from - Names the option, for errors. */
function parseInput(text: string, from: string): JsonObject {
  if (text.length > MAX_INPUT_CHARS) throw new UsageError(`${from}: that is too large to be an input.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${from} is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new UsageError(`${from} must be a JSON object, such as {"company": "Example Works"}.`);
}
