import { createGrowthAgent, exampleProfile, QualificationAgent } from "@salesagent/agents";
import { memorySearch } from "@salesagent/agents/rehearsal";
import { searchWeb } from "@salesagent/agents/tools";
import { scriptedModel } from "@salesagent/core/scripted-model";
import { expect, it } from "vitest";
import { z } from "zod";
import { connectClient } from "../testing/connect-client.js";
import { createMcpServer } from "./create-mcp-server.js";
import { exposeGraph } from "./expose-graph.js";
import { exposeAgent } from "./served-agent.js";

it("serves the ready agents, those that are graphs too", async () => {
  const lead = z.object({ company: z.string(), industry: z.string(), country: z.string() });
  const qualification = new QualificationAgent({ profile: exampleProfile });
  const growth = createGrowthAgent({
    model: scriptedModel([]),
    tools: [searchWeb({ backend: memorySearch([]) })],
  });
  const server = createMcpServer({
    agents: [
      exposeAgent({ agent: qualification, description: "Scores a lead.", input: lead, writes: false }),
      exposeGraph({
        name: "growth",
        graph: growth,
        description: "Looks for growth.",
        input: z.object({ goal: z.string(), facts: z.record(z.string(), z.string()).default({}) }),
      }),
    ],
  });
  const { client, call } = await connectClient(server);
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(["qualification", "growth"]);
  const scored = await call("qualification", { company: "Figma", industry: "Software", country: "US" });
  expect(scored.structuredContent).toMatchObject({ engine: "rules", score: expect.any(Number) });
});
