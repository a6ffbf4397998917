import type { JsonObject } from "@salesagent/ports";
import type { Vendor } from "../dialect.js";
import type { Route } from "./route.js";
import { MISSING_MODEL } from "./validate-request.js";

const SIMULATED_MODEL = "simulated-model";
const CREATED_SECONDS = 1_767_225_600;
const CREATED_AT = "2026-01-01T00:00:00Z";

/** What is answered to questions about models and the server; undefined for a model that is not there. */
export function catalogueAnswer(vendor: Vendor, route: Route, body: JsonObject): JsonObject | undefined {
  if (route.kind === "health") return {};
  if (route.kind === "models") {
    if (route.model === MISSING_MODEL) return undefined;
    const render = MODEL_LISTS[route.shape];
    return route.model === undefined
      ? render.list(render.one(SIMULATED_MODEL, vendor))
      : render.one(route.model, vendor);
  }
  return route.kind === "ollama" ? ollamaAnswer(route.call, body) : undefined;
}

interface ModelListShape {
  one(id: string, vendor: Vendor): JsonObject;
  list(model: JsonObject): JsonObject;
}

const MODEL_LISTS: Readonly<Record<"openai" | "anthropic" | "gemini", ModelListShape>> = {
  openai: {
    one: (id, vendor) => ({
      id,
      object: "model",
      created: CREATED_SECONDS,
      owned_by: "simulated",
      ...(vendor === "vllm" ? { max_model_len: 131_072 } : {}),
    }),
    list: (model) => ({ object: "list", data: [model] }),
  },
  anthropic: {
    one: (id) => ({
      type: "model",
      id,
      display_name: "Simulated",
      created_at: CREATED_AT,
      lifecycle: "active",
      max_input_tokens: 1_000_000,
      max_tokens: 128_000,
    }),
    list: (model) => ({
      data: [model],
      has_more: false,
      first_id: model["id"] ?? null,
      last_id: model["id"] ?? null,
    }),
  },
  gemini: {
    one: (id) => ({
      name: `models/${id}`,
      displayName: "Simulated",
      inputTokenLimit: 1_048_576,
      outputTokenLimit: 65_536,
      supportedGenerationMethods: ["generateContent", "countTokens"],
    }),
    list: (model) => ({ models: [model] }),
  },
};

function ollamaAnswer(call: "tags" | "version" | "show" | "ps", body: JsonObject): JsonObject | undefined {
  switch (call) {
    case "version":
      return { version: "0.0.0-simulated" };
    case "ps":
      return { models: [] };
    case "tags":
      return {
        models: [
          {
            name: `${SIMULATED_MODEL}:latest`,
            model: `${SIMULATED_MODEL}:latest`,
            modified_at: CREATED_AT,
            size: 1,
            digest: "simulated",
            details: { format: "gguf", family: "simulated", parameter_size: "0B", quantization_level: "F16" },
          },
        ],
      };
    case "show":
      if (body["model"] === MISSING_MODEL) return undefined;
      return {
        details: { family: "simulated", format: "gguf" },
        model_info: { "general.architecture": "simulated", "simulated.context_length": 131_072 },
        capabilities: ["completion", "tools", "thinking"],
      };
  }
}
