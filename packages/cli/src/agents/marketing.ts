import { createMarketingAgent } from "@salesagent/agents";
import { type AgentEntry, given, pick } from "./agent-entry.js";

export const marketing: AgentEntry = {
  name: "marketing",
  summary: "writes a message for each channel, which fits it",
  fields: ["offer", "channels", "company", "domain", "person"],
  example: {
    offer: "Design reviews in minutes instead of days",
    lead: { company: "Example Works", domain: "works.example" },
    channels: ["email", "linkedin", "sms"],
  },
  toInput: ({ offer, channels, company, domain, person }) => {
    if (offer === undefined) return undefined;
    return given({ offer, lead: given({ company, domain, person }), channels: channels && [...channels] });
  },
  work: {
    kind: "graph",
    open: ({ world, storage, events, spendCap, clock, checkpointer }) => ({
      graph: createMarketingAgent({
        ...{ storage, events, spendCap, clock, checkpointer, forward: true },
        model: world.model,
      }),
    }),
  },
  toResult: (state) => pick(state, ["messages", "angles"]),
};
