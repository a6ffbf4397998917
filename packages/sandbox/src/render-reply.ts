import type { JsonObject } from "@salesagent/ports";
import type { Dialect, Vendor } from "./dialect.js";
import type { Reply } from "./reply.js";
import { planReply } from "./wire/plan-reply.js";

/** The circumstances that a rendered reply pretends. */
export interface RenderOptions {
  /** @defaultValue the dialect's own vendor; `openai` for its two */
  readonly vendor?: Vendor;
  /** @defaultValue true */
  readonly stream?: boolean;
  /** The request's body, where options such as `stream_options` stand. @defaultValue {} */
  readonly body?: JsonObject;
  /** @defaultValue "simulated-model" */
  readonly model?: string;
  /** Ids follow from it. @defaultValue "seed" */
  readonly seed?: string;
  /** Milliseconds since the Unix epoch. @defaultValue the first of January 2026 */
  readonly nowMs?: number;
}

/** A reply as it would go over the wire. */
export interface RenderedReply {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What is written at once, in order; waits lie between them. */
  readonly chunks: readonly Uint8Array[];
  /** All of it as text. A code point that a fault cut in two is lost here. */
  readonly text: string;
  /** `none`: not even headers come. */
  readonly ending: "end" | "reset" | "hold" | "none";
}

/** Renders a reply, faults included, without a server. Pure: equal arguments give equal bytes. */
export function renderReply(dialect: Dialect, reply: Reply, options: RenderOptions = {}): RenderedReply {
  const plan = planReply(reply, {
    dialect,
    vendor: options.vendor ?? OWN_VENDORS[dialect],
    stream: options.stream ?? true,
    body: options.body ?? {},
    query: { alt: "sse" },
    model: options.model ?? "simulated-model",
    seed: options.seed ?? "seed",
    nowMs: options.nowMs ?? Date.UTC(2026, 0, 1),
  });
  const chunks = plan.steps.flatMap((step) => (step.do === "write" ? [step.bytes] : []));
  const last = plan.steps.at(-1)?.do;
  return {
    status: plan.status,
    contentType: plan.headers["content-type"] ?? "",
    headers: plan.headers,
    chunks,
    text: new TextDecoder().decode(Buffer.concat(chunks)),
    ending: plan.beforeHeaders !== undefined ? "none" : last === "reset" || last === "hold" ? last : "end",
  };
}

const OWN_VENDORS: Readonly<Record<Dialect, Vendor>> = {
  "openai-chat": "openai",
  "openai-responses": "openai",
  anthropic: "anthropic",
  gemini: "gemini",
  ollama: "ollama",
};
