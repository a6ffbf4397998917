/**
 * One measured process: `cut-client.mjs ORIGIN COUNTS`. The first model is cut in the middle of each answer; prints how long
 * after the cut the reader has the first token of the second, and how long the second takes to its first token when it is
 * called alone, in wall ms, each the median of all.
 */
import { ModelRouter } from "@salesagent/core/router";
import { openai } from "@salesagent/provider-openai";
import { request } from "./layers.mjs";

const [origin, json] = process.argv.slice(2);
const { warm, counted } = JSON.parse(json);
let cutAtMs;

/** Notes when the wire of an answer broke. */
async function watchedFetch(input, init) {
  const response = await fetch(input, init);
  const reader = response.body.getReader();
  const body = new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        cutAtMs = performance.now();
        controller.error(error);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, { status: response.status, headers: response.headers });
}

const open = (modelId, wire) =>
  openai(modelId, { apiKey: "sk-bench", baseUrl: `${origin}/${wire}`, fetch: watchedFetch });
const second = open("second", "chat");
const router = new ModelRouter({
  candidates: [open("first", "chat-cut"), second],
  // The first one again and again, however often it fails.
  policy: ({ modelId }) => (modelId === "first" ? 1 : 0),
  breaker: { minCalls: 1e9 },
});

async function cutToNextToken() {
  let firstTokenMs;
  let restarted = false;
  for await (const event of router.stream(request)) {
    if (event.type === "restart") restarted = true;
    if (restarted && event.type === "text-delta") firstTokenMs ??= performance.now() - cutAtMs;
  }
  if (firstTokenMs === undefined) throw new Error("nothing was cut");
  return firstTokenMs;
}

async function firstTokenAlone() {
  const startedMs = performance.now();
  let firstTokenMs;
  for await (const event of second.stream(request)) {
    if (event.type === "text-delta") firstTokenMs ??= performance.now() - startedMs;
  }
  return firstTokenMs;
}

const taken = { cutMs: [], aloneMs: [] };
for (let i = 0; i < warm + counted; i++) {
  const sample = { cutMs: await cutToNextToken(), aloneMs: await firstTokenAlone() };
  if (i < warm) continue;
  taken.cutMs.push(sample.cutMs);
  taken.aloneMs.push(sample.aloneMs);
}
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
process.stdout.write(JSON.stringify({ cutMs: median(taken.cutMs), aloneMs: median(taken.aloneMs) }));
process.exit(0);
