import type { EventBus, JsonValue, ModelRequest, Storage } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createEventBus } from "../kernel/event-bus.js";
import { scriptedModel } from "../scripted-model/scripted-model.js";
import type { Telemetry } from "../telemetry/telemetry.js";
import { defineTool } from "../tools/define-tool.js";
import { defineAgent } from "./define-agent.js";
import { counter, failing, lookup, tenant } from "./testing/counting-agent.js";

describe("a run among hosts' parts that fail", () => {
  it("is not touched by telemetry that throws", async () => {
    const telemetries: Telemetry[] = [
      { startSpan: failing, measure: failing },
      { startSpan: () => ({ set: failing, fail: failing, end: failing }), measure: failing },
    ];
    for (const telemetry of telemetries) {
      expect(await counter({ telemetry }).run("x", { tenant }).output()).toEqual({ n: 1 });
    }
  });

  it("is not touched by a bus, a listener or an error listener that throws", async () => {
    const ownBus: EventBus = { on: () => ({ [Symbol.dispose]() {} }), emit: failing };
    const events = createEventBus({ onListenerError: failing });
    events.on("run-started", failing);
    for (const bus of [ownBus, events]) {
      expect(await counter({ events: bus }).run("x", { tenant }).output()).toEqual({ n: 1 });
    }
  });

  it("settles when it fails before it has begun", async () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    const storage: Storage = { ...memoryStorage(), tenant: failing };
    const echo = defineAgent<unknown>({
      name: "e",
      instructions: "E.",
      model: scriptedModel([{ text: "e" }]),
    });
    const runs = [counter({ storage }).run("x", { tenant }), echo.run(circular, { tenant })];
    for (const run of runs) {
      await expect(run.output()).rejects.toThrow();
      await run.settled();
    }
  });

  it("ends with the storage's failure, wherever that comes, and settles", async () => {
    for (let failAt = 0; failAt < 2; failAt++) {
      const { storage, stores } = storageFailingAt(failAt);
      const run = counter({ storage }).run("x", { tenant });

      await expect(run.output()).rejects.toThrow("the host's own");
      await run.settled();

      const { items } = await stores.runs.list();
      expect(items.map(({ status }) => status)).toEqual(["failed"]);
      // The calls were made and cost money, whatever became of the record that first told of them.
      const calls = failAt === 0 ? 0 : 3;
      expect((await stores.modelCalls.list()).items).toHaveLength(calls);
    }
  });
});

function storageFailingAt(failAt: number) {
  const inner = memoryStorage();
  let writes = 0;
  const storage: Storage = {
    ...inner,
    tenant(id) {
      const stores = inner.tenant(id);
      return {
        ...stores,
        transaction: (work, call) => (writes++ === failAt ? failing() : stores.transaction(work, call)),
      };
    },
  };
  return { storage, stores: inner.tenant(tenant) };
}

describe("a model that goes astray", () => {
  it("gives two calls one id, and no tool runs", async () => {
    let ran = 0;
    const count = defineTool({
      name: "count",
      description: "Counts.",
      input: z.object({}),
      effect: "none",
      run: () => void ran++,
    });
    const calls = [
      { name: "count", callId: "same" },
      { name: "count", callId: "same" },
    ];
    const run = counter({ tools: [count] }, [{ toolCalls: calls }]).run("x", { tenant });

    await expect(run.output()).rejects.toMatchObject({ code: "model.malformed_response" });
    expect(ran).toBe(0);
  });

  it("nests the arguments of a call too deep, and no tool runs", async () => {
    let input: JsonValue = "leaf";
    for (let level = 0; level < 1_000; level++) input = [input];
    const take = defineTool({
      name: "take",
      description: "Takes.",
      input: z.any(),
      effect: "none",
      run: failing,
    });
    const run = counter({ tools: [take] }, [{ toolCalls: [{ name: "take", input }] }]).run("x", { tenant });

    await expect(run.output()).rejects.toMatchObject({ code: "model.malformed_response" });
  });

  it("writes what no storage holds, and its run is on record all the same", async () => {
    const storage = memoryStorage();
    const page = defineTool({
      name: "page",
      description: "Reads a page.",
      input: z.any(),
      effect: "read",
      run: () => ({ "te\0xt": "NUL \0, half \ud83d, whole 🚀", list: ["fine"] }),
    });
    const agent = defineAgent({
      name: "reader",
      instructions: "Read.",
      tools: [page],
      storage,
      model: scriptedModel([{ toolCalls: [{ name: "page" }, { name: "no\0such" }] }, { text: "Read \0." }]),
    });
    const run = agent.run("Read \0", { tenant });

    expect(await run.output()).toBe("Read \0.");
    const stores = storage.tenant(tenant);
    expect(await stores.runs.get(run.id)).toMatchObject({ input: "Read \ufffd", output: "Read \ufffd." });
    const { items } = await stores.steps.list(run.id);
    expect(items.find(({ name }) => name === "page")?.output).toEqual({
      "te\ufffdxt": "NUL \ufffd, half \ufffd, whole 🚀",
      list: ["fine"],
    });
  });

  it.each(["__proto__", "constructor", "toString", ""])(
    "calls the tool %j, and is told that there is none",
    async (name) => {
      const model = scriptedModel([{ toolCalls: [{ name }] }, { text: "ok" }]);
      const agent = defineAgent({ name: "a", instructions: "A.", tools: [lookup], model });

      expect(await agent.run("x", { tenant }).output()).toBe("ok");
      expect(toolResultOf(model.requests[1])).toMatchObject({
        failed: true,
        output: expect.stringContaining("tool.unknown"),
      });
    },
  );

  const circular: { self?: unknown } = {};
  circular.self = circular;
  it.each<[string, () => unknown, string | null]>([
    ["returns a circle", () => circular, "tool.failed"],
    ["returns a bigint", () => ({ n: 10n }), "tool.failed"],
    ["returns far too much", () => "x".repeat(2_000_000), "tool.output_too_large"],
    ["throws a string", () => raise("no"), "tool.failed"],
    ["throws nothing", () => raise(undefined), "tool.failed"],
    ["rejects with null", () => Promise.reject(null), "tool.failed"],
    ["returns nothing", () => undefined, null],
    ["returns a function", () => () => 1, null],
  ])("uses a tool that %s", async (_, run, code) => {
    const tool = defineTool({ name: "odd", description: "Odd.", input: z.object({}), effect: "none", run });
    const model = scriptedModel([{ toolCalls: [{ name: "odd" }] }, { text: "ok" }]);
    const agent = defineAgent({ name: "a", instructions: "A.", tools: [tool], model });

    expect(await agent.run("x", { tenant }).output()).toBe("ok");
    const told = toolResultOf(model.requests[1]);
    expect(told?.failed).toBe(code !== null);
    expect(told?.output).toEqual(code === null ? null : expect.stringContaining(code));
  });
});

function raise(what: unknown): never {
  throw what;
}

function toolResultOf(request: ModelRequest | undefined) {
  const last = request?.messages.at(-1);
  return last?.role === "tool" ? last.parts[0] : undefined;
}
