import { manualClock } from "@salesagent/conformance";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import {
  type CompileOptions,
  END,
  field,
  memoryCheckpointer,
  type NodeFunction,
  type NodeOptions,
  Send,
  START,
  StateGraph,
} from "./index.js";

interface State {
  readonly got: string | undefined;
}

function oneNode(
  work: NodeFunction<State, { readonly got?: string | undefined }>,
  options: NodeOptions<State>,
  compile: CompileOptions = {},
) {
  return new StateGraph({ got: field<string>() })
    .addNode("node", work, options)
    .addEdge(START, "node")
    .addEdge("node", END)
    .compile({ name: "g", ...compile });
}

/** Lets everything that is due in this turn happen. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("a node's retry", () => {
  it("tries again what is not the programmer's, and tells of it", async () => {
    const work = vi.fn().mockRejectedValueOnce(new Error("away")).mockResolvedValue({ got: "well" });
    const graph = oneNode(work, { retry: { retries: 2, baseMs: 0 } });
    const told: string[] = [];
    for await (const event of graph.stream({}))
      if (event.type === "node-retried") told.push(`${event.node} ${event.attempt}`);
    expect(told).toEqual(["node 1"]);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it("ends with the node's name, the tries and the cause", async () => {
    const cause = new Error("away");
    const graph = oneNode(() => Promise.reject(cause), { retry: { retries: 2, baseMs: 0 } });
    await expect(graph.invoke({})).rejects.toMatchObject({
      code: "graph.node_failed",
      facts: { graph: "g", node: "node", attempts: 3 },
      cause,
    });
    const slip = vi.fn(() => Promise.reject(new RangeError("slip")));
    await expect(oneNode(slip, { retry: { retries: 2, baseMs: 0 } }).invoke({})).rejects.toMatchObject({
      facts: { attempts: 1 },
    });
  });
});

describe("a node's time", () => {
  it("ends a node that never returns, and aborts its signal", async () => {
    const clock = manualClock();
    let signal: AbortSignal | undefined;
    const graph = oneNode(
      (_state, ctx) => {
        signal = ctx.signal;
        return new Promise(() => {});
      },
      { timeoutMs: 500 },
      { clock },
    );
    const running = expect(graph.invoke({})).rejects.toMatchObject({
      code: "graph.node_timed_out",
      facts: { graph: "g", node: "node", limitMs: 500 },
    });
    clock.advance(500);
    await running;
    expect(signal?.aborted).toBe(true);
  });

  it("is given to each try", async () => {
    const clock = manualClock();
    let tries = 0;
    const graph = oneNode(
      () => (tries++ === 0 ? new Promise(() => {}) : Promise.resolve({ got: "well" })),
      { timeoutMs: 500, retry: { retries: 1, baseMs: 0 } },
      { clock },
    );
    const running = graph.invoke({});
    clock.advance(500);
    await turn();
    clock.advance(1);
    expect((await running).state.got).toBe("well");
  });
});

describe("a run's signal", () => {
  it("ends it with the caller's own reason while a node hangs", async () => {
    const caller = new AbortController();
    const running = oneNode(() => new Promise(() => {}), { timeoutMs: 60_000 }).invoke(
      {},
      { signal: caller.signal },
    );
    const reason = new Error("prospect hung up");
    caller.abort(reason);
    await expect(running).rejects.toBe(reason);
  });
});

describe("a node's cache", () => {
  it("gives a kept outcome until its time is over, apart for each tenant", async () => {
    const clock = manualClock();
    const work = vi.fn(({ got }: State) => ({ got: `${got}!` }));
    const cache = { key: ({ got }: State) => got ?? "none", ttlMs: 1_000 };
    const graph = oneNode(work, { cache }, { clock });
    const run = async (got: string, tenant?: string) => (await graph.invoke({ got }, { tenant })).state.got;

    expect(await run("a")).toBe("a!");
    expect(await run("a")).toBe("a!");
    expect(work).toHaveBeenCalledTimes(1);
    await run("a", "acme");
    await run("b");
    expect(work).toHaveBeenCalledTimes(3);
    clock.advance(1_000);
    await run("a");
    expect(work).toHaveBeenCalledTimes(4);
  });

  it("lies in a store, whose failure is a miss", async () => {
    const storage = memoryStorage();
    const work = vi.fn(() => ({ got: "done" }));
    const key = () => "k";
    const kept = oneNode(work, { cache: { key, store: () => storage.tenant("acme").cache } });
    await kept.invoke({});
    expect((await kept.invoke({})).state.got).toBe("done");
    expect(work).toHaveBeenCalledTimes(1);

    const away = () => {
      throw new Error("away");
    };
    expect((await oneNode(work, { cache: { key, store: away } }).invoke({})).state.got).toBe("done");
    expect(work).toHaveBeenCalledTimes(2);
  });

  it.each([[{}], ["done"], [{ updates: "done" }], [{ updates: [1] }], [{ updates: [], goto: [7] }]])(
    "takes a damaged entry for a miss: %j",
    async (value) => {
      const { cache } = memoryStorage().tenant("acme");
      const at = new Date().toISOString();
      await cache.put({ key: "g/1/node/k", value, createdAt: at, expiresAt: "2999-01-01T00:00:00.000Z" });
      const work = vi.fn(() => ({ got: "done" }));
      const graph = oneNode(work, { cache: { key: () => "k", store: () => cache } });
      expect((await graph.invoke({})).state.got).toBe("done");
      expect((await graph.invoke({})).state.got).toBe("done");
      expect(work).toHaveBeenCalledTimes(1);
    },
  );
});

describe("tasks side by side", () => {
  const items = [0, 1, 2, 3, 4];

  function mapped(work: (item: number) => Promise<{ done: number[] }>, concurrency: number, kept = false) {
    return new StateGraph({ done: field<number[]>({ reduce: (a, b) => [...a, ...b], default: () => [] }) })
      .addNode("work", work, { payload: z.number() })
      .addConditionalEdges(START, () => items.map((item) => new Send("work", item)), ["work"])
      .addEdge("work", END)
      .compile({ concurrency, ...(kept && { checkpointer: memoryCheckpointer() }) });
  }

  it("are as many as the graph allows", async () => {
    let running = 0;
    let most = 0;
    const graph = mapped(async (item) => {
      most = Math.max(most, ++running);
      await turn();
      running--;
      return { done: [item] };
    }, 2);
    expect((await graph.invoke({})).state.done).toEqual(items);
    expect(most).toBe(2);
  });

  it("are finished when one fails, and only the others are run when the run is retried", async () => {
    const ran: number[] = [];
    let isBroken = true;
    const graph = mapped(
      async (item) => {
        ran.push(item);
        if (item === 1 && isBroken) throw new Error("no");
        await turn();
        return { done: [item] };
      },
      3,
      true,
    );
    await expect(graph.invoke({}, { runId: "r" })).rejects.toMatchObject({ code: "graph.node_failed" });
    expect(ran).toEqual([0, 1, 2]);
    expect(await graph.getState("r")).toMatchObject({
      status: "failed",
      error: { code: "graph.node_failed" },
    });

    isBroken = false;
    expect((await graph.retry("r")).state.done).toEqual(items);
    expect(ran).toEqual([0, 1, 2, 1, 3, 4]);
  });

  it("are held to their payload's schema", async () => {
    const graph = new StateGraph({ done: field<number>() })
      .addNode("work", (item: number) => ({ done: item }), { payload: z.number() })
      .addConditionalEdges(START, () => [new Send("work", "one")], ["work"])
      .addEdge("work", END)
      .compile({ name: "g" });
    await expect(graph.invoke({})).rejects.toMatchObject({
      code: "graph.state_invalid",
      facts: { node: "work" },
    });
  });
});
