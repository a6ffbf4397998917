import { memoryStorage } from "@salesagent/storage-memory";
import { expect, it } from "vitest";
import { END, START } from "./command.js";
import { durableFlows } from "./durable/durable-flows.js";
import { field } from "./state-field.js";
import { StateGraph } from "./state-graph.js";

it("a remembered outcome that is none fails the run, and says where it lies", async () => {
  const storage = memoryStorage();
  const { flows } = storage.tenant("acme");
  await flows.create({ id: "r", graph: "pair", version: "1", input: {} });
  const [claim] = await storage.queue.claim({
    ...{ owner: "someone", leaseMs: 0, limit: 1 },
    graphs: [{ name: "pair", versions: ["1"] }],
  });
  const steps = [{ key: "1/right/0", value: "not an outcome" }];
  await flows.commit({ id: "r", fence: claim?.fence ?? 0, steps });
  await using durable = durableFlows({ storage, pollMs: 10 });
  const graph = new StateGraph({
    done: field<string[]>({ reduce: (a, b) => [...a, ...b], default: () => [] }),
  })
    .addNode("left", () => ({ done: ["left"] }))
    .addNode("right", () => ({ done: ["right"] }))
    .addEdge(START, "left")
    .addEdge(START, "right")
    .addEdge("left", END)
    .addEdge("right", END)
    .compile({ name: "pair", checkpointer: durable });
  await expect(graph.resume("r", { tenant: "acme" })).rejects.toMatchObject({
    code: "graph.step_conflict",
    message: expect.stringContaining('under "1/right/0"'),
  });
});
