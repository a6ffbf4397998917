import { type LeadFacts, QualificationAgent } from "@salesagent/agents";
import type { JsonObject } from "@salesagent/ports";
import { UsageError } from "../command/usage-error.js";
import { type AgentEntry, given, pick } from "./agent-entry.js";

/** Facts of a company that the example profile likes, all made up. */
export const EXAMPLE_COMPANY = {
  company: "Example Works",
  domain: "works.example",
  industry: "Software",
  country: "US",
  employees: { min: 200, max: 300 },
  foundedYear: 2014,
  description: "A platform for sales operations and analytics of enterprises",
} as const satisfies JsonObject;

export const qualification: AgentEntry = {
  name: "qualification",
  summary: "scores a lead against a profile, with evidence",
  fields: ["company", "domain", "email", "person"],
  example: EXAMPLE_COMPANY,
  toInput: ({ company, domain, email, person }) => {
    if (company === undefined) return undefined;
    const contact = given({ email, fullName: person });
    return given({ company, domain, contact: Object.keys(contact).length > 0 ? contact : undefined });
  },
  work: {
    kind: "agent",
    open: ({ world, storage, events, spendCap, clock, profile }) => {
      const agent = new QualificationAgent({
        ...{ profile, storage, events, spendCap, clock },
        model: world.model,
        // A script has no judgement of a lead.
        policy: world.kind === "rehearsal" ? { mode: "rules-only" } : undefined,
      });
      return { run: (input, options) => agent.run(toFacts(input), options) };
    },
  },
  toResult: (output) =>
    pick(output, [
      "score",
      "tier",
      "qualified",
      "nextAction",
      "nextActionReason",
      "reasons",
      "missing",
      "engine",
    ]),
};

function toFacts(input: JsonObject): JsonObject & LeadFacts {
  if (isFacts(input)) return input;
  throw new UsageError('The input of qualification needs a company: {"company": "Example Works", …}.');
}

/** Only the company is looked at here: what else is given, the profile reads as far as it fits. */
function isFacts(input: JsonObject): input is JsonObject & LeadFacts {
  return typeof input["company"] === "string";
}
