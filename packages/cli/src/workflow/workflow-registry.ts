import {
  analyzeTechStack,
  calculator,
  emailSend,
  enrichWithApollo,
  httpRequest,
  scrapeLinkedin,
  searchCrm,
  searchWeb,
  slackPost,
} from "@salesagent/agents/tools";
import type { AnyTool } from "@salesagent/core";
import type { WorkflowRegistry } from "@salesagent/core/workflow";
import type { AgentMeans } from "../agents/agent-entry.js";
import { enrichment } from "../agents/enrichment.js";
import { growth } from "../agents/growth.js";
import { marketing } from "../agents/marketing.js";
import { qualification } from "../agents/qualification.js";
import { rehearsedMail } from "../world/rehearsed-outside.js";
import { workflowAgent } from "./workflow-agent.js";

/** Agents that work in one go: what waits for persons by itself has no place within another run. */
const AGENTS = [qualification, enrichment, growth, marketing];

/** Nobody's: mail is only rehearsed. */
const FROM = "Ada Example <ada@rehearsal.example>";

/** What the nodes of workflows may name on the command line: everything, or what this world has. */
export function workflowRegistry(means: AgentMeans): Required<Pick<WorkflowRegistry, "agents" | "tools">> {
  return { agents: AGENTS.map((entry) => workflowAgent(entry, means)), tools: toolsOf(means) };
}

function toolsOf({ world, storage, clock }: AgentMeans): readonly AnyTool[] {
  const { search, enricher, profiles, crm, egress, technologyRules } = world;
  return [
    calculator(),
    ...(search ? [searchWeb({ backend: search })] : []),
    ...(enricher ? [enrichWithApollo(enricher)] : []),
    ...(profiles ? [scrapeLinkedin(profiles)] : []),
    ...(crm ? [searchCrm(crm)] : []),
    analyzeTechStack({ allowedHosts: "any", egress, rules: technologyRules }),
    httpRequest({ allowedHosts: "any", egress }),
    emailSend({ transport: rehearsedMail({ storage, clock }), from: FROM, mayWriteTo: "anyone" }),
    slackPost({ poster: rehearsedChat(), channels: { sales: "rehearsal-sales" } }),
  ];
}

/** Posts nothing: that it would have stands in the ledger of effects. */
function rehearsedChat(): Parameters<typeof slackPost>[0]["poster"] {
  return {
    port: "chat-poster/1",
    provider: "rehearsal",
    post: async ({ channel, key }, { signal } = {}) => {
      signal?.throwIfAborted();
      return { channel, messageId: key };
    },
  };
}
