import { memoryStorage } from "@salesagent/storage-memory";
import { expect, it, vi } from "vitest";
import { END, START } from "../command.js";
import { field } from "../state-field.js";
import { StateGraph } from "../state-graph.js";
import { durableFlows } from "./durable-flows.js";

const tenant = "acme";

/** Two runs: one that is done, and one that waits. */
async function ran() {
  const storage = memoryStorage();
  const flows = durableFlows({ storage, pollMs: 10 });
  const graph = new StateGraph({ mail: field<string>(), n: field({ default: () => 0 }) })
    .addNode("ask", ({ mail }, ctx) => {
      if (mail === "bo@figma.example") ctx.interrupt("well?");
      return { n: 1 };
    })
    .addEdge(START, "ask")
    .addEdge("ask", END)
    .compile({ name: "mailing", checkpointer: flows });
  await graph.invoke({ mail: "ada@figma.example" }, { tenant, runId: "done" });
  await graph.invoke({ mail: "bo@figma.example" }, { tenant, runId: "waiting" });
  return { storage: storage.tenant(tenant), flows, graph };
}

it("a run whose checkpoints were dropped tells its output, and has no past", async () => {
  const { storage, flows, graph } = await ran();
  await using _ = flows;
  await storage.retention.prune({ checkpoints: "2999-01-01T00:00:00.000Z" });
  expect(await graph.getState("done", { tenant })).toMatchObject({
    ...{ status: "completed", isEmptied: true, next: [] },
    state: { mail: "ada@figma.example", n: 1 },
  });
  expect(await graph.getHistory("done", { tenant })).toEqual([]);
  await expect(graph.fork("done", { tenant })).rejects.toMatchObject({ code: "flow.wrong_state" });
  expect(await graph.getState("waiting", { tenant })).not.toHaveProperty("isEmptied");
});

it("a run that told of a person who was erased is cancelled, and tells nothing of them", async () => {
  const { storage, flows, graph } = await ran();
  await using _ = flows;
  await storage.erasure.erase({ mentions: ["bo@figma.example"] });
  const view = await graph.getState("waiting", { tenant });
  expect(view).toMatchObject({ status: "cancelled", isEmptied: true, state: {}, stop: { by: "erasure" } });
  expect(await graph.getHistory("waiting", { tenant })).toEqual([]);
  await expect(graph.resume("waiting", { tenant, answer: "yes" })).rejects.toMatchObject({
    code: expect.stringMatching(/flow.wrong_state|graph.stopped/),
  });
});

it("a fork goes on when what its source went on from is dropped", async () => {
  const { storage, flows, graph } = await ran();
  await using _ = flows;
  const first = { mail: "bo@figma.example" };
  const fork = await graph.fork("done", { tenant, superstep: 0, update: first, runId: "fork" });
  await vi.waitFor(async () => expect((await graph.getState(fork, { tenant }))?.status).toBe("waiting"));
  await storage.retention.prune({ checkpoints: "2999-01-01T00:00:00.000Z" });
  expect(await graph.getState(fork, { tenant })).toMatchObject({ status: "waiting", state: first });
  expect(await graph.resume(fork, { tenant, answer: "yes" })).toMatchObject({
    ...{ status: "completed", state: { ...first, n: 1 } },
  });
  expect(await graph.getHistory(fork, { tenant })).toHaveLength(2);
});
