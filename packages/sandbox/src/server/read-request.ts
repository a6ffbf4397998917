import type { JsonObject, JsonValue } from "@salesagent/ports";
import { readAnthropicAsk } from "../anthropic/read-anthropic-ask.js";
import { type Ask, EMPTY_ASK } from "../ask.js";
import type { Vendor } from "../dialect.js";
import { readGeminiAsk, readGeminiEmbedAsk } from "../gemini/read-gemini-ask.js";
import { isObject } from "../json-access.js";
import { readOllamaAsk, readOllamaEmbedAsk } from "../ollama/read-ollama-ask.js";
import { readEmbeddingsAsk } from "../openai/embeddings.js";
import { readChatAsk } from "../openai/read-chat-ask.js";
import { readResponsesAsk } from "../openai/read-responses-ask.js";
import type { SandboxRequest } from "../sandbox-request.js";
import { redactHeaders, redactQuery } from "./redact.js";
import type { Route } from "./route.js";

/** A request as it came in, before anything is made of it. */
export interface RawRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyText: string;
}

/** A request and whether its body was what it should be. */
export interface ReadRequest {
  readonly request: SandboxRequest;
  readonly bodyIsJson: boolean;
  /** The headers as sent, keys and all, for the vendor's own checks. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

/** Makes of a raw request what scripts and logs may see. */
export function readRequest(raw: RawRequest, vendor: Vendor, route: Route, index: number): ReadRequest {
  const { pathname, searchParams } = new URL(raw.url, "http://sandbox");
  const query = Object.fromEntries(searchParams);
  const parsed = parseObject(raw.bodyText);
  const body = parsed ?? {};
  const dialect = route.kind === "generate" || route.kind === "embed" ? route.dialect : undefined;
  return {
    bodyIsJson: parsed !== undefined,
    headers: raw.headers,
    query,
    request: {
      index,
      vendor,
      dialect,
      method: raw.method,
      path: pathname,
      query: redactQuery(query),
      headers: redactHeaders(raw.headers),
      body,
      ask: readAsk(route, body),
    },
  };
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // told to the client as the vendor tells it
  }
}

function readAsk(route: Route, body: JsonObject): Ask {
  if (route.kind !== "generate" && route.kind !== "embed") return EMPTY_ASK;
  const ask = READERS[route.dialect](body);
  return {
    ...ask,
    ...(route.model === undefined ? {} : { model: route.model }),
    ...(route.kind === "generate" && route.stream !== undefined ? { stream: route.stream } : {}),
  };
}

const READERS: Readonly<Record<NonNullable<SandboxRequest["dialect"]>, (body: JsonObject) => Ask>> = {
  "openai-chat": readChatAsk,
  "openai-responses": readResponsesAsk,
  anthropic: readAnthropicAsk,
  gemini: readGeminiAsk,
  ollama: readOllamaAsk,
  "openai-embeddings": readEmbeddingsAsk,
  "gemini-embeddings": readGeminiEmbedAsk,
  "ollama-embeddings": readOllamaEmbedAsk,
};
