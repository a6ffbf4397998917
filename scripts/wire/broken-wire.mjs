/** What the suites of broken answers share: providers, random bytes on the wire, and a clock that is rung by hand. */
import { anthropic } from "@salesagent/provider-anthropic";
import { cerebras } from "@salesagent/provider-cerebras";
import { deepseek } from "@salesagent/provider-deepseek";
import { gemini } from "@salesagent/provider-gemini";
import { ollama } from "@salesagent/provider-ollama";
import { openai } from "@salesagent/provider-openai";
import { openrouter } from "@salesagent/provider-openrouter";
import { vllm } from "@salesagent/provider-vllm";
import { renderReply } from "@salesagent/sandbox";

const chat = (vendor) => ({
  dialect: "openai-chat",
  vendor,
  body: { stream_options: { include_usage: true } },
});

/** Every provider package, with the wire format that it speaks. */
export const CONTESTANTS = [
  { name: "openai", ...chat("openai"), open: (settings) => openai("gpt-5.4-mini", settings) },
  {
    name: "openai responses",
    dialect: "openai-responses",
    vendor: "openai",
    open: (settings) => openai("gpt-5.4-mini", { ...settings, api: "responses" }),
  },
  { name: "cerebras", ...chat("cerebras"), open: (settings) => cerebras("gpt-oss-120b", settings) },
  { name: "deepseek", ...chat("deepseek"), open: (settings) => deepseek("deepseek-v4", settings) },
  { name: "openrouter", ...chat("openrouter"), open: (settings) => openrouter("openai/gpt-5", settings) },
  { name: "vllm", ...chat("vllm"), open: (settings) => vllm("qwen3", settings) },
  {
    name: "anthropic",
    dialect: "anthropic",
    vendor: "anthropic",
    open: (settings) => anthropic("claude-sonnet-5-5", settings),
  },
  {
    name: "gemini",
    dialect: "gemini",
    vendor: "gemini",
    open: (settings) => gemini("gemini-3-flash-preview", settings),
  },
  { name: "ollama", dialect: "ollama", vendor: "ollama", open: (settings) => ollama("qwen3:8b", settings) },
];

/** A clock that moves on to what rings next. */
export function createManualClock() {
  let nowMs = Date.UTC(2026, 0, 5, 12);
  const timers = new Set();
  return {
    now: () => nowMs,
    elapsed: () => nowMs,
    schedule(delayMs, task) {
      const timer = { atMs: nowMs + delayMs, task };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    get pending() {
      return timers.size;
    },
    /** Moves on to what rings next. */
    ring() {
      const next = [...timers].sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) return;
      timers.delete(next);
      nowMs = Math.max(nowMs, next.atMs);
      next.task();
    },
  };
}

/** The bytes of a sound answer. */
export function render({ dialect, vendor, body = {} }, reply, stream) {
  const { status, headers, chunks } = renderReply(dialect, reply, { vendor, body, stream });
  return { status, headers, bytes: Buffer.concat(chunks) };
}

/** @returns What the server sends: the bytes in pieces, and how the body ends. */
export function spoil(random, fault, bytes) {
  const at = random.below(bytes.length + 1);
  const garbage = Buffer.from(Array.from({ length: 1 + random.below(40) }, () => random.below(256)));
  if (fault === "cut") return { pieces: split(random, bytes.subarray(0, at)), ending: "end" };
  if (fault === "reset") return { pieces: split(random, bytes.subarray(0, at)), ending: "reset" };
  if (fault === "stall") return { pieces: split(random, bytes.subarray(0, at)), ending: "hold" };
  if (fault === "garbage-bytes") {
    return {
      pieces: split(random, Buffer.concat([bytes.subarray(0, at), garbage, bytes.subarray(at)])),
      ending: "end",
    };
  }
  if (fault === "broken-byte") {
    const broken = Buffer.from(bytes);
    if (at < broken.length) broken[at] = random.below(256);
    return { pieces: split(random, broken), ending: "end" };
  }
  const pieces = split(random, bytes);
  const index = random.below(pieces.length);
  if (fault === "doubled-piece") pieces.splice(index, 0, pieces[index]);
  if (fault === "lost-piece") pieces.splice(index, 1);
  if (fault === "swapped-pieces") pieces.push(...pieces.splice(index, 1));
  return { pieces, ending: fault === "held-open" ? "hold" : "end" };
}

function split(random, bytes) {
  const most = random.pick([1, 3, 17, 120, 4000]);
  const pieces = [];
  for (let from = 0; from < bytes.length; ) {
    const to = from + 1 + random.below(most);
    pieces.push(bytes.subarray(from, to));
    from = to;
  }
  return pieces.length === 0 ? [Buffer.alloc(0)] : pieces;
}

/** A `fetch` that plays the pieces, one a read; `open` counts bodies that nobody has closed. */
export function playing({ status, headers }, { pieces, ending }, bodies) {
  return async (_input, init) => {
    let next = 0;
    bodies.open += 1;
    let closed = false;
    const close = () => {
      if (!closed) bodies.open -= 1;
      closed = true;
    };
    const body = new ReadableStream(
      {
        start(controller) {
          init.signal?.addEventListener("abort", () => {
            close();
            controller.error(init.signal.reason);
          });
        },
        pull(controller) {
          if (next < pieces.length) {
            controller.enqueue(new Uint8Array(pieces[next++]));
            return undefined;
          }
          if (ending === "hold") return new Promise(() => {});
          close();
          if (ending === "end") controller.close();
          else
            controller.error(
              new TypeError("terminated", {
                cause: Object.assign(new Error("other side closed"), { code: "ECONNRESET" }),
              }),
            );
          return undefined;
        },
        cancel: close,
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { status, headers });
  };
}
