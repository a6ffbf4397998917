/**
 * 10,000 runs of an agent with a tool and records, and 2,000 streams from a loopback server of which a third is aborted
 * and a third is left early: afterwards the heap is where it was, and no timer, listener or socket stays.
 */
import { getEventListeners } from "node:events";
import { createSpendCap, defineAgent, defineTool } from "@salesagent/core";
import { scriptedModel } from "@salesagent/core/scripted-model";
import { openai } from "@salesagent/provider-openai";
import { startSandbox } from "@salesagent/sandbox";
import { memoryStorage } from "@salesagent/storage-memory";
import { z } from "zod";
import { check, heapMb } from "./_heap.mjs";

const CEILING_MB = 5;
const lookup = defineTool({
  name: "lookup",
  description: "Looks a company up.",
  input: z.object({ domain: z.string() }),
  effect: "read",
  run: ({ domain }) => ({ domain }),
});

async function runAgents(count) {
  const caller = new AbortController();
  const spendCap = createSpendCap({ usd: 1_000 });
  const model = () =>
    scriptedModel([{ toolCalls: [{ name: "lookup", input: { domain: "a.io" } }] }, { text: "ok" }]);
  for (let i = 0; i < count; i++) {
    const agent = defineAgent({
      name: "soak",
      instructions: "Do.",
      tools: [lookup],
      model: model(),
      storage: memoryStorage(),
      spendCap,
    });
    await agent.run("x", { tenant: `t${i % 50}`, signal: caller.signal }).output();
  }
  check(getEventListeners(caller.signal, "abort").length === 0, "a listener stays on the caller's signal");
}

async function runStreams(count) {
  const sandbox = await startSandbox({
    script: () => ({ text: "word ".repeat(40), timing: { betweenTokensMs: 0 } }),
  });
  const model = openai("gpt-5.4-mini", { apiKey: "sk-soak", baseUrl: sandbox.url("openai") });
  const request = { messages: [{ role: "user", parts: [{ type: "text", text: "hi", origin: "user" }] }] };
  const shared = new AbortController();
  for (let i = 0; i < count; i++) {
    const own = new AbortController();
    const signal = i % 3 === 0 ? own.signal : shared.signal;
    try {
      let seen = 0;
      for await (const event of model.stream(request, { signal })) {
        if (event.type !== "text-delta" || ++seen < 5) continue;
        if (i % 3 === 0) own.abort(new Error("enough"));
        if (i % 3 === 1) break;
      }
    } catch (error) {
      if (i % 3 !== 0) throw error;
    }
  }
  await sandbox.settled();
  await sandbox.close();
  check(getEventListeners(shared.signal, "abort").length === 0, "a listener stays on the shared signal");
}

async function soak(name, work, warm, count) {
  await work(warm);
  const before = await heapMb();
  await work(count);
  const grown = (await heapMb()) - before;
  process.stdout.write(
    `${name}: ${count} runs, heap ${grown >= 0 ? "+" : ""}${grown.toFixed(2)} MB (ceiling ${CEILING_MB})\n`,
  );
  check(grown < CEILING_MB, `${name}: the heap grew by ${grown.toFixed(1)} MB`);
}

check(typeof globalThis.gc === "function", "run it with --expose-gc");
await soak("agent runs", runAgents, 1_000, 10_000);
await soak("streams, aborted and left early", runStreams, 200, 2_000);
const timers = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout");
check(timers.length === 0, `${timers.length} timers stay`);
