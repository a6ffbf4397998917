import { durableFlows, END, START, StateGraph } from "@salesagent/core/graph";
import { memoryStorage } from "@salesagent/storage-memory";
import { expect, it } from "vitest";
import { z } from "zod";
import { connectClient } from "../testing/connect-client.js";
import { createMcpServer } from "./create-mcp-server.js";
import { exposeGraph } from "./expose-graph.js";

const Company = z.object({ company: z.string() });

function serve(work: (signal: AbortSignal) => Promise<string>) {
  const storage = memoryStorage();
  const flows = durableFlows({ storage, pollMs: 10 });
  const graph = new StateGraph({ company: z.string(), answer: z.string().default("") })
    .addNode("research", async (_state, { signal }) => ({ answer: await work(signal) }))
    .addNode("ask", async (state, context) => {
      if (state.company === "Figma") return {};
      return { answer: await context.waitFor<string>("reply") };
    })
    .addEdge(START, "research")
    .addEdge("research", "ask")
    .addEdge("ask", END)
    .compile({ name: "growth", checkpointer: flows });
  flows.work();
  const agent = exposeGraph({
    name: "growth",
    graph,
    description: "Looks for growth.",
    input: Company,
    output: ({ answer }: { answer: string }) => ({ answer }),
  });
  return { storage, flows, server: createMcpServer({ agents: [agent] }) };
}

it("runs a graph, tells its steps, and gives what the host tells of its state", async () => {
  const { server, flows } = serve(async () => "A second office.");
  const { call } = await connectClient(server);
  const told: string[] = [];
  const onprogress = ({ message = "" }) => void told.push(message);
  const result = await call("growth", { company: "Figma" }, { onprogress });
  expect(result.structuredContent).toEqual({ answer: "A second office." });
  expect(told).toEqual(expect.arrayContaining(["step: research", "step: ask"]));
  await flows[Symbol.asyncDispose]();
});

it("tells that a run waits, by its id", async () => {
  const { server, storage, flows } = serve(async () => "A second office.");
  const { call } = await connectClient(server);
  const { structuredContent } = await call("growth", { company: "Linear" });
  expect(structuredContent).toMatchObject({ status: "waiting", waitsFor: [{ name: "reply" }] });
  const runId = String(structuredContent?.["runId"]);
  expect(await storage.tenant("acme").flows.get(runId)).toMatchObject({ status: "waiting" });
  await flows[Symbol.asyncDispose]();
});

it("stops the run of a client that cancels", async () => {
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const { server, storage, flows } = serve((signal) => {
    begin();
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
  const { call } = await connectClient(server);
  const leave = new AbortController();
  const ended = expect(call("growth", { company: "Figma" }, { signal: leave.signal })).rejects.toThrow(
    "enough",
  );
  await begun;
  leave.abort(new Error("enough"));
  await ended;
  const stopped = async () => (await storage.tenant("acme").flows.list({ status: "cancelled" })).items.length;
  while ((await stopped()) === 0) await new Promise(setImmediate);
  await flows[Symbol.asyncDispose]();
});
