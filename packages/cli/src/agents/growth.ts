import { createGrowthAgent } from "@salesagent/agents";
import { searchWeb } from "@salesagent/agents/tools";
import { type AgentEntry, given, pick } from "./agent-entry.js";

export const growth: AgentEntry = {
  name: "growth",
  summary: "looks for growth opportunities with evidence, in rounds until it is sure enough",
  fields: ["goal", "company", "domain"],
  example: {
    goal: "Find ways to grow with Example Works",
    facts: { company: "Example Works", domain: "works.example", seats: 40 },
  },
  toInput: ({ goal, company, domain }) => {
    const name = company ?? domain;
    if (goal === undefined && name === undefined) return undefined;
    return { goal: goal ?? `Find ways to grow with ${name}`, facts: given({ company, domain }) };
  },
  work: {
    kind: "graph",
    open: ({ world, storage, events, spendCap, clock, checkpointer }) => ({
      graph: createGrowthAgent({
        ...{ storage, events, spendCap, clock, checkpointer, forward: true },
        model: world.model,
        tools: world.search ? [searchWeb({ backend: world.search })] : [],
      }),
    }),
  },
  toResult: (state) =>
    pick(state, [
      "opportunities",
      "confidence",
      "stopped",
      "rounds",
      "questions",
      "unsourcedFindings",
      "unsupportedOpportunities",
    ]),
};
