import type { Io } from "../io.js";

/** What a vendor answered to the question which models it has. */
export type LiveAnswer =
  | { readonly provider: string; readonly models: ReadonlySet<string> }
  /** Not asked, or no answer, and why. */
  | { readonly provider: string; readonly failure: string };

/** How long a vendor may take to answer, in milliseconds. */
const ANSWER_MS = 10_000;

interface Question {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where each vendor tells its models for nothing, and what it is shown. */
const QUESTIONS: Readonly<Record<string, (key: string) => Question>> = {
  openai: (key) => ({ url: "https://api.openai.com/v1/models", headers: bearer(key) }),
  anthropic: (key) => ({
    url: "https://api.anthropic.com/v1/models?limit=1000",
    headers: { "x-api-key": key, "anthropic-version": "2023-06-01" },
  }),
  cerebras: (key) => ({ url: "https://api.cerebras.ai/v1/models", headers: bearer(key) }),
  deepseek: (key) => ({ url: "https://api.deepseek.com/models", headers: bearer(key) }),
  openrouter: (key) => ({ url: "https://openrouter.ai/api/v1/models", headers: bearer(key) }),
  gemini: (key) => ({
    url: "https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000",
    headers: { "x-goog-api-key": key },
  }),
};

/** Asks a vendor for the names of its models, which costs nothing. A vendor that wants a key is asked only with one. */
export async function askLive(
  provider: string,
  keyVariable: string | undefined,
  io: Io,
): Promise<LiveAnswer> {
  const question = keyVariable === undefined ? undefined : QUESTIONS[provider];
  if (keyVariable === undefined || !question) {
    return provider === "ollama" ? askOllama(io) : { provider, failure: "its server is yours: ask it" };
  }
  const key = io.env[keyVariable];
  if (!key) return { provider, failure: `${keyVariable} is not set` };
  return ask(provider, question(key), io);
}

/** The server that `OLLAMA_HOST` names, else this machine's. */
function askOllama(io: Io): Promise<LiveAnswer> {
  const host = io.env["OLLAMA_HOST"] ?? "http://localhost:11434";
  const base = (host.includes("://") ? host : `http://${host}`).replace(/\/+$/, "");
  return ask("ollama", { url: `${base}/api/tags`, headers: {} }, io);
}

async function ask(provider: string, { url, headers }: Question, io: Io): Promise<LiveAnswer> {
  const fetch = io.fetch ?? globalThis.fetch;
  const signal = AbortSignal.any([io.signal, AbortSignal.timeout(ANSWER_MS)]);
  try {
    const response = await fetch(url, { headers, signal });
    if (!response.ok) return { provider, failure: `it answered with status ${response.status}` };
    const models = namesIn(await response.json());
    return models ? { provider, models } : { provider, failure: "its answer is no list of models" };
  } catch (error) {
    io.signal.throwIfAborted();
    // Not its message, which may repeat what was sent.
    return { provider, failure: `no answer (${error instanceof Error ? error.name : "unknown failure"})` };
  }
}

/** Names are under `data[].id`, `models[].name` (Gemini, with `models/` before it), or `models[].model` (Ollama). */
function namesIn(body: unknown): ReadonlySet<string> | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const { data, models } = body as { readonly data?: unknown; readonly models?: unknown };
  const list = Array.isArray(data) ? data : models;
  if (!Array.isArray(list)) return undefined;
  const names = list.map((entry: unknown) => {
    const { id, name } = (entry ?? {}) as { readonly id?: unknown; readonly name?: unknown };
    const text = id ?? name;
    return typeof text === "string" ? text.replace(/^models\//, "") : "";
  });
  return new Set(names.filter((name) => name !== ""));
}

function bearer(key: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${key}` };
}
