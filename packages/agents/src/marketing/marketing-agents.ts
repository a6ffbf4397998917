import { type Agent, defineAgent } from "@salesagent/core/agent";
import type { InferOutput, LanguageModel } from "@salesagent/ports";
import type { FlowOptions } from "../flow/flow-options.js";
import { type Channel, type ChannelLimits, describeLimits } from "./channel-limits.js";
import {
  ANGLES_INSTRUCTIONS,
  briefPrompt,
  DRAFT_INSTRUCTIONS,
  type DraftTask,
  type MarketingWork,
  OPTIMISE_INSTRUCTIONS,
  type OptimiseTask,
  SUBJECTS_INSTRUCTIONS,
} from "./marketing-prompts.js";
import {
  anglesSchema,
  draftSchema,
  type MarketingBrief,
  type MarketingMessage,
  messageSchema,
  subjectsSchema,
} from "./marketing-schemas.js";

/** Who does the steps. */
export interface MarketingAgents {
  readonly angles: Agent<MarketingBrief, InferOutput<typeof anglesSchema>>;
  readonly draft: Agent<DraftTask, InferOutput<typeof draftSchema>>;
  readonly subjects: Agent<MarketingWork, InferOutput<typeof subjectsSchema>>;
  readonly optimise: Readonly<Record<Channel, Agent<OptimiseTask, Omit<MarketingMessage, "channel">>>>;
}

export function marketingAgents(
  options: FlowOptions & { readonly model: LanguageModel; readonly maxRepairs: number },
  limits: ChannelLimits,
): MarketingAgents {
  const optimiser = (channel: Channel) =>
    defineAgent<OptimiseTask, Omit<MarketingMessage, "channel">>({
      task: "marketing-optimise",
      ...options,
      name: `marketing-optimise-${channel}`,
      instructions: OPTIMISE_INSTRUCTIONS,
      prompt: ({ draft, subjects, angles, ...brief }) =>
        briefPrompt(brief, `Edit the draft for ${channel}; ${describeLimits(channel, limits)}.`, {
          ...{ angles, draft: draft.body },
          ...(channel === "email" ? { subjects } : {}),
        }),
      output: messageSchema(channel, limits),
    });
  return {
    angles: defineAgent<MarketingBrief, InferOutput<typeof anglesSchema>>({
      task: "marketing-angles",
      ...options,
      name: "marketing-angles",
      instructions: ANGLES_INSTRUCTIONS,
      prompt: (brief) => briefPrompt(brief, "Find the angles, the strongest first."),
      output: anglesSchema,
    }),
    draft: defineAgent<DraftTask, InferOutput<typeof draftSchema>>({
      task: "marketing-draft",
      ...options,
      name: "marketing-draft",
      instructions: DRAFT_INSTRUCTIONS,
      prompt: ({ channel, angles, ...brief }) =>
        briefPrompt(brief, `Draft the message for ${channel}; ${describeLimits(channel, limits)}.`, {
          angles,
        }),
      output: draftSchema,
    }),
    subjects: defineAgent<MarketingWork, InferOutput<typeof subjectsSchema>>({
      task: "marketing-subjects",
      ...options,
      name: "marketing-subjects",
      instructions: SUBJECTS_INSTRUCTIONS,
      prompt: ({ angles, ...brief }) =>
        briefPrompt(brief, `Write subject lines of at most ${limits.email.subjectChars} characters.`, {
          angles,
        }),
      output: subjectsSchema,
    }),
    optimise: { email: optimiser("email"), linkedin: optimiser("linkedin"), sms: optimiser("sms") },
  };
}
