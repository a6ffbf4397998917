import { agentNode, agentStep } from "@salesagent/core/agent";
import { type CompiledGraph, END, field, Send, START, StateGraph } from "@salesagent/core/graph";
import type { JsonObject, LanguageModel } from "@salesagent/ports";
import { compileOptions, type FlowOptions, stepOptions, type UpdateOfState } from "../flow/flow-options.js";
import { type Channel, type ChannelLimits, resolveLimits } from "./channel-limits.js";
import { marketingAgents } from "./marketing-agents.js";
import type { DraftTask } from "./marketing-prompts.js";
import {
  type Angle,
  channelsSchema,
  type Draft,
  leadSchema,
  type MarketingBrief,
  type MarketingMessage,
  offerSchema,
} from "./marketing-schemas.js";

/** How messages are written. */
export interface MarketingOptions extends FlowOptions {
  readonly model: LanguageModel;
  /** How long messages may be, channel by channel. */
  readonly limits?: Partial<ChannelLimits> | undefined;
  /** How often a message that does not fit is asked for again. @defaultValue 2 */
  readonly maxRepairs?: number | undefined;
}

/** What a marketing run is given. */
export interface MarketingInput {
  /** What is offered, and to whom in general; 1–4,000 characters. The host's own words. */
  readonly offer: string;
  /** What is known of who is written to, as data that others wrote. @defaultValue nothing */
  readonly lead?: JsonObject | undefined;
  /** @defaultValue `["email"]` */
  readonly channels?: Channel[] | undefined;
  /** @defaultValue "English" */
  readonly language?: string | undefined;
}

/** What a marketing run comes to. */
export interface MarketingState extends MarketingBrief {
  readonly channels: Channel[];
  readonly angles: readonly Angle[];
  readonly drafts: readonly Draft[];
  readonly subjects: readonly string[];
  /** One for each channel, in the order asked for; each fits its channel. */
  readonly messages: readonly MarketingMessage[];
}

/** The graph that writes messages. */
export type MarketingAgent = CompiledGraph<MarketingState, UpdateOfState<MarketingState>, MarketingInput>;

/**
 * Writes a message for each channel: finds angles, drafts for all channels and writes subject lines side by side, then edits
 * each draft until it fits its channel. A message that is too long never comes out.
 *
 * @example
 * ```ts
 * const marketing = createMarketingAgent({ model });
 * const { state } = await marketing.invoke({ offer: "Design reviews in minutes", channels: ["email", "sms"] }, { tenant: "acme" });
 * ```
 * @throws RangeError naming the option that makes no sense.
 */
export function createMarketingAgent(options: MarketingOptions): MarketingAgent {
  const { limits, maxRepairs = 2, ...rest } = options;
  const agents = marketingAgents({ ...rest, maxRepairs }, resolveLimits(limits));
  const shared = stepOptions(options);
  return new StateGraph({
    offer: offerSchema,
    lead: leadSchema,
    channels: channelsSchema,
    language: field({ default: () => "English" }),
    angles: field<readonly Angle[]>({ default: () => [] }),
    drafts: field<readonly Draft[]>({ reduce: (all, some) => [...all, ...some], default: () => [] }),
    subjects: field<readonly string[]>({ default: () => [] }),
    messages: field<readonly MarketingMessage[]>({ default: () => [] }),
  })
    .addNode(
      "angles",
      agentNode(agents.angles, {
        ...shared,
        input: ({ offer, lead, language }: MarketingState) => ({ offer, lead, language }),
        output: ({ angles }): UpdateOfState<MarketingState> => ({ angles }),
      }),
    )
    .addNode(
      "draft",
      agentNode(agents.draft, {
        ...shared,
        input: (task: DraftTask) => task,
        output: ({ body }, { channel }): UpdateOfState<MarketingState> => ({ drafts: [{ channel, body }] }),
      }),
    )
    .addNode("subjects", async ({ offer, lead, language, angles, channels }, context) => {
      if (!channels.includes("email")) return undefined;
      return agentStep(context, agents.subjects, { offer, lead, language, angles }, shared);
    })
    .addNode("optimise", async ({ offer, lead, language, angles, drafts, subjects }, context) => {
      const messages = drafts.map(async (draft): Promise<MarketingMessage> => {
        const task = { offer, lead, language, angles, draft, subjects };
        return {
          channel: draft.channel,
          ...(await agentStep(context, agents.optimise[draft.channel], task, shared)),
        };
      });
      return { messages: await Promise.all(messages) };
    })
    .addEdge(START, "angles")
    .addEdge("angles", "subjects")
    .addConditionalEdges(
      "angles",
      ({ offer, lead, language, angles, channels }) =>
        channels.map((channel) => new Send("draft", { offer, lead, language, angles, channel })),
      ["draft"],
    )
    .addEdge(["draft", "subjects"], "optimise")
    .addEdge("optimise", END)
    .compile(compileOptions("marketing", 10, options));
}
