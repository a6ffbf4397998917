import {
  basePathOf,
  type Dialect,
  type EmbeddingDialect,
  isFlavor,
  isVendor,
  type Vendor,
} from "../dialect.js";

/** What a request's path leads to. */
export type Route =
  | {
      readonly kind: "generate";
      readonly dialect: Dialect;
      readonly model?: string;
      readonly stream?: boolean;
    }
  | {
      readonly kind: "embed";
      readonly dialect: EmbeddingDialect;
      readonly model?: string;
      /** Gemini's endpoint for one text, which answers with one vector. */
      readonly single?: boolean;
    }
  | { readonly kind: "models"; readonly shape: "openai" | "anthropic" | "gemini"; readonly model?: string }
  | { readonly kind: "ollama"; readonly call: "tags" | "version" | "show" | "ps" }
  | { readonly kind: "health" }
  | { readonly kind: "unknown" };

const UNKNOWN: Route = { kind: "unknown" };

/** The vendor that a path belongs to, by its first segment. */
export function vendorOf(path: string): Vendor | undefined {
  const name = /^\/([^/]+)/.exec(path)?.[1];
  return name !== undefined && isVendor(name) ? name : undefined;
}

/** Where a request goes. Paths are as strict as the vendor's own: a base URL without its `/v1` is a 404. */
export function routeOf(vendor: Vendor, method: string, path: string): Route {
  if (vendor === "anthropic") return anthropicRoute(method, path.slice("/anthropic".length));
  if (vendor === "gemini") return geminiRoute(method, path.slice(basePathOf("gemini").length), path);
  if (vendor === "ollama") return ollamaRoute(method, path.slice("/ollama".length));
  const base = basePathOf(vendor);
  if (vendor === "vllm" && path === "/vllm/health") return { kind: "health" };
  if (!isFlavor(vendor) || !path.startsWith(`${base}/`)) return UNKNOWN;
  // DeepSeek has aliases of its base
  const rest = path.slice(base.length).replace(vendor === "deepseek" ? /^\/(v1|beta)(?=\/)/ : /^$/, "");
  return openaiRoute(method, rest);
}

function openaiRoute(method: string, rest: string): Route {
  const model = /^\/models\/(.+)$/.exec(rest)?.[1];
  if (method === "GET" && rest === "/models") return { kind: "models", shape: "openai" };
  if (method === "GET" && model !== undefined) {
    return { kind: "models", shape: "openai", model: decodeURIComponent(model) };
  }
  if (method !== "POST") return UNKNOWN;
  if (rest === "/chat/completions") return { kind: "generate", dialect: "openai-chat" };
  if (rest === "/responses") return { kind: "generate", dialect: "openai-responses" };
  if (rest === "/embeddings") return { kind: "embed", dialect: "openai-embeddings" };
  return UNKNOWN;
}

function anthropicRoute(method: string, rest: string): Route {
  const model = /^\/v1\/models\/(.+)$/.exec(rest)?.[1];
  if (method === "POST" && rest === "/v1/messages") return { kind: "generate", dialect: "anthropic" };
  if (method === "GET" && rest === "/v1/models") return { kind: "models", shape: "anthropic" };
  if (method !== "GET" || model === undefined) return UNKNOWN;
  return { kind: "models", shape: "anthropic", model: decodeURIComponent(model) };
}

function geminiRoute(method: string, rest: string, path: string): Route {
  if (!path.startsWith(`${basePathOf("gemini")}/`)) return UNKNOWN;
  if (rest.startsWith("/openai/")) return openaiRoute(method, rest.slice("/openai".length));
  const [, encoded, call] = /^\/models(?:\/([^:]+)(?::(\w+))?)?$/.exec(rest) ?? [];
  const model = encoded === undefined ? undefined : decodeURIComponent(encoded);
  if (method === "GET" && call === undefined && /^\/models(\/|$)/.test(rest)) {
    return { kind: "models", shape: "gemini", ...(model === undefined ? {} : { model }) };
  }
  if (method !== "POST" || model === undefined) return UNKNOWN;
  switch (call) {
    case "generateContent":
      return { kind: "generate", dialect: "gemini", model, stream: false };
    case "streamGenerateContent":
      return { kind: "generate", dialect: "gemini", model, stream: true };
    case "embedContent":
      return { kind: "embed", dialect: "gemini-embeddings", model, single: true };
    case "batchEmbedContents":
      return { kind: "embed", dialect: "gemini-embeddings", model };
    default:
      return UNKNOWN;
  }
}

function ollamaRoute(method: string, rest: string): Route {
  if (rest.startsWith("/v1/")) return openaiRoute(method, rest.slice("/v1".length));
  switch (`${method} ${rest}`) {
    case "POST /api/chat":
      return { kind: "generate", dialect: "ollama" };
    case "POST /api/embed":
      return { kind: "embed", dialect: "ollama-embeddings" };
    case "GET /api/tags":
      return { kind: "ollama", call: "tags" };
    case "GET /api/ps":
      return { kind: "ollama", call: "ps" };
    case "GET /api/version":
      return { kind: "ollama", call: "version" };
    case "POST /api/show":
      return { kind: "ollama", call: "show" };
    default:
      return UNKNOWN;
  }
}
