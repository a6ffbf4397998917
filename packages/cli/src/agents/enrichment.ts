import { createEnrichmentAgent } from "@salesagent/agents";
import { analyzeTechStack, enrichWithApollo, scrapeLinkedin } from "@salesagent/agents/tools";
import type { World } from "../world/world.js";
import { type AgentEntry, given, pick } from "./agent-entry.js";

export const enrichment: AgentEntry = {
  name: "enrichment",
  summary: "puts together what several sources know of a company and a person",
  fields: ["company", "domain", "email", "person"],
  example: {
    company: {
      name: "Example Works",
      domain: "works.example",
      linkedinUrl: "https://www.linkedin.com/company/example-works",
    },
    person: { fullName: "Bo Example", email: "bo@works.example" },
  },
  toInput: ({ company: name, domain, email, person: fullName }) => {
    const [company, person] = [given({ name, domain }), given({ email, fullName })];
    const isKnown = (hints: object) => Object.keys(hints).length > 0;
    if (!isKnown(company) && !isKnown(person)) return undefined;
    return { ...(isKnown(company) ? { company } : {}), ...(isKnown(person) ? { person } : {}) };
  },
  work: {
    kind: "graph",
    open: ({ world, storage, events, spendCap, clock, checkpointer }) => ({
      graph: createEnrichmentAgent({
        ...{ storage, events, spendCap, clock, checkpointer, forward: true },
        model: world.model,
        tools: sourcesOf(world),
      }),
    }),
  },
  toResult: (state) => pick(state, ["summary", "records", "disagreements", "degraded"]),
};

function sourcesOf({ enricher, profiles, egress, technologyRules }: World) {
  return [
    ...(enricher ? [enrichWithApollo(enricher)] : []),
    ...(profiles ? [scrapeLinkedin(profiles)] : []),
    analyzeTechStack({ allowedHosts: "any", egress, rules: technologyRules }),
  ];
}
