import type { HarnessFetch, ModelScenario } from "@salesagent/conformance";
import { parseJson, SseReader } from "@salesagent/provider-kit";
import type { ToyEvent } from "../../../../conformance/src/language-model/testing/toy-wire.js";
import type { AiSdkLanguageModel, SpecificationVersion } from "../ai-sdk-model.js";

interface Options {
  readonly abortSignal?: AbortSignal;
  readonly headers?: Record<string, string>;
}

/**
 * A provider of the AI SDK for the toy vendor of the conformance suite, with the habits of the official providers: errors
 * inside a stream are parts, and a stream that breaks off still ends with a finish.
 */
export function toyAiSdkModel(
  fetch: HarnessFetch,
  version: SpecificationVersion,
  apiKey: string,
): AiSdkLanguageModel {
  const post = async (options: Options, stream: boolean) => {
    const response = await fetch("http://toy.test/v1", {
      method: "POST",
      headers: { ...options.headers, authorization: `Bearer ${apiKey}` },
      body: JSON.stringify({ stream }),
      ...(options.abortSignal ? { signal: options.abortSignal } : {}),
    }).catch((cause: unknown) => {
      throw options.abortSignal?.aborted ? cause : apiCallError("Cannot connect to API", { cause });
    });
    const responseHeaders = Object.fromEntries(response.headers);
    const type = response.headers.get("content-type") ?? "";
    if (!response.ok || !type.includes(stream ? "event-stream" : "json")) {
      const responseBody = await response.text();
      const { status: statusCode } = response;
      throw apiCallError("Failed to process the response", { statusCode, responseHeaders, responseBody });
    }
    return { response, headers: responseHeaders };
  };
  return {
    specificationVersion: version,
    provider: "toy.chat",
    modelId: "toy-1",
    async doStream(options: Options) {
      const { response, headers } = await post(options, true);
      const body = response.body as ReadableStream<Uint8Array>;
      return { stream: body.pipeThrough(toParts(version)), response: { headers } };
    },
    async doGenerate(options: Options) {
      const { response, headers } = await post(options, false);
      const responseBody = await response.text();
      const json = parseJson(responseBody) as unknown as
        | (ModelScenario & { readonly reason: string })
        | undefined;
      if (json === undefined) {
        const message = "Invalid JSON response";
        throw apiCallError(message, { statusCode: 200, responseHeaders: headers, responseBody });
      }
      if ("error" in json) {
        const message = "Invalid response";
        throw apiCallError(message, { statusCode: 200, responseHeaders: headers, responseBody });
      }
      const { text, reasoning } = json;
      return {
        content: [
          ...(reasoning ? [{ type: "reasoning", text: reasoning }] : []),
          ...(text ? [{ type: "text", text }] : []),
          ...(json.toolCalls ?? []).map(({ name, arguments: given = {} }, index) => ({
            type: "tool-call",
            toolCallId: `call-${index + 1}`,
            toolName: name,
            input: typeof given === "string" ? given : JSON.stringify(given),
          })),
        ],
        finishReason: toFinishReason(json.reason, version),
        usage: toUsage(json.usage, version),
        warnings: [],
        response: { headers },
      };
    },
  };
}

/** As the AI SDK shapes it; told by its fields. */
function apiCallError(message: string, fields: object): Error {
  return Object.assign(new Error(message), { name: "AI_APICallError", isRetryable: true, ...fields });
}

function toParts(version: SpecificationVersion): TransformStream<Uint8Array, unknown> {
  let parts: unknown[] = [];
  let finish: unknown;
  const calls = new Map<string, { readonly name: string; text: string }>();
  const opened = new Set<string>();
  const open = (type: "text" | "reasoning") => {
    if (!opened.has(type)) parts.push({ type: `${type}-start`, id: type });
    opened.add(type);
  };
  const take = (event: ToyEvent) => {
    switch (event.type) {
      case "hello":
        return parts.push({ type: "response-metadata", id: "resp-1" });
      case "text":
      case "reasoning":
        open(event.type);
        return parts.push({ type: `${event.type}-delta`, id: event.type, delta: event.text });
      case "call":
        calls.set(event.id, { name: event.name, text: "" });
        return parts.push({ type: "tool-input-start", id: event.id, toolName: event.name });
      case "arguments": {
        const call = calls.get(event.id);
        if (call) call.text += event.text;
        return parts.push({ type: "tool-input-delta", id: event.id, delta: event.text });
      }
      case "call-end": {
        const { name: toolName, text: input } = calls.get(event.id) ?? { name: "", text: "" };
        parts.push({ type: "tool-input-end", id: event.id });
        return parts.push({ type: "tool-call", toolCallId: event.id, toolName, input });
      }
      case "finish":
        finish = {
          type: "finish",
          finishReason: toFinishReason(event.reason, version),
          usage: toUsage(event.usage, version),
        };
        return parts;
      case "error":
        return parts.push({ type: "error", error: event.error });
    }
  };
  const sse = new SseReader((data) => {
    const event = parseJson(data) as unknown as ToyEvent | undefined;
    const broken = Object.assign(new Error("JSON parsing failed"), { name: "AI_JSONParseError", text: data });
    if (event) take(event);
    else parts.push({ type: "error", error: broken });
  });
  const flush = (controller: TransformStreamDefaultController<unknown>) => {
    for (const part of parts) controller.enqueue(part);
    parts = [];
  };
  return new TransformStream(
    {
      start: (controller) => controller.enqueue({ type: "stream-start", warnings: [] }),
      transform(bytes, controller) {
        sse.push(bytes);
        flush(controller);
      },
      flush(controller) {
        for (const id of opened) parts.push({ type: `${id}-end`, id });
        const missing = {
          type: "finish",
          finishReason: toFinishReason(undefined, version),
          usage: toUsage({}, version),
        };
        parts.push(finish ?? missing);
        flush(controller);
      },
    },
    { highWaterMark: 1 },
    { highWaterMark: 0 },
  );
}

function toFinishReason(reason: string | undefined, version: SpecificationVersion): unknown {
  const unified = reason === undefined ? undefined : reason.replace("_", "-");
  if (version === "v2") return unified ?? "unknown";
  return { unified: unified ?? "other", raw: reason };
}

function toUsage(usage: ModelScenario["usage"] = {}, version: SpecificationVersion): unknown {
  const { inputTokens = 10, outputTokens = 10, cachedTokens, reasoningTokens } = usage;
  if (version === "v2") {
    return {
      inputTokens,
      outputTokens,
      totalTokens: inputTokens + outputTokens,
      cachedInputTokens: cachedTokens,
      reasoningTokens,
    };
  }
  return {
    inputTokens: { total: inputTokens, noCache: undefined, cacheRead: cachedTokens, cacheWrite: undefined },
    outputTokens: { total: outputTokens, text: undefined, reasoning: reasoningTokens },
  };
}
