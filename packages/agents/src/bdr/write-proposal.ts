import { type AgentOptions, defineAgent } from "@salesagent/core/agent";
import { userMessage } from "@salesagent/ports";
import { z } from "zod";
import type { Slot } from "../ports/calendar.js";
import { factsOf, type LeadFacts, toCandidate } from "../qualification/candidate.js";
import { degradationFor } from "../qualification/degradation.js";
import type { Degradation } from "../qualification/qualification-result.js";
import { PROPOSAL_INSTRUCTIONS } from "./bdr-prompts.js";
import type { Proposal } from "./proposal-effect.js";
import { slotText } from "./slot-text.js";

/** What all proposals of one seller share. */
export interface ProposalStyle {
  /** Who signs. */
  readonly sender: string;
  /** Why to meet, in a sentence or two: what a model is given, and what stands in the mail without one. */
  readonly pitch: string;
  readonly zone: string;
}

/** Whom a proposal is for, and what it proposes. */
export interface ProposalFacts {
  readonly lead: LeadFacts;
  readonly contact: { readonly email: string; readonly name?: string | undefined };
  readonly slots: readonly Slot[];
  /** From 1 on. */
  readonly round: number;
}

const openingSchema = z.object({
  subject: z
    .string()
    .trim()
    .min(1)
    .max(120)
    .regex(/^[^\p{Cc}]*$/u, "must be one line"),
  opening: z.string().trim().min(1).max(1_500),
});

type Opening = z.output<typeof openingSchema>;

/** Writes proposals: a model the opening, where there is one, and the template everything that must be right. */
export class ProposalWriter {
  readonly #style: ProposalStyle;
  readonly #options: AgentOptions;

  constructor(style: ProposalStyle, options: AgentOptions) {
    this.#style = style;
    this.#options = options;
  }

  async write(
    facts: ProposalFacts,
    call: { readonly tenant: string; readonly signal: AbortSignal; readonly parentRunId: string },
  ): Promise<{ readonly proposal: Proposal; readonly degraded?: Degradation }> {
    const template = this.#template(facts);
    const { model } = this.#options;
    if (!model || facts.round > 1) return { proposal: this.#mail(facts, template) };
    const writer = defineAgent({
      ...this.#options,
      name: "bdr-proposal",
      model,
      instructions: `${PROPOSAL_INSTRUCTIONS}\n\nThe meeting is about: ${this.#style.pitch}`,
      output: openingSchema,
      prompt: (lead: LeadFacts) => [
        userMessage(`The facts, as data:\n${JSON.stringify(factsOf(toCandidate(lead)))}`, "external"),
      ],
    });
    try {
      const written = await writer.run(facts.lead, { ...call, delivery: "whole" }).output();
      return { proposal: this.#mail(facts, written) };
    } catch (error) {
      const degraded = call.signal.aborted ? undefined : degradationFor(error, model);
      if (!degraded) throw error;
      return { proposal: this.#mail(facts, template), degraded };
    }
  }

  #template({ lead, round }: ProposalFacts): Opening {
    const subject = oneLine(`A meeting with ${lead.company}`).slice(0, 120);
    if (round > 1) return { subject, opening: "Here are other times." };
    return { subject, opening: this.#style.pitch };
  }

  #mail({ contact, slots }: ProposalFacts, { subject, opening }: Opening): Proposal {
    const { zone, sender } = this.#style;
    const text = [
      contact.name === undefined ? "Hello," : `Hello ${contact.name},`,
      opening,
      `Would one of these times suit you (${zone})?`,
      slots.map((slot, index) => `${index + 1}. ${slotText(slot, zone)}`).join("\n"),
      "If none does, tell me and I look for others.",
      sender,
    ].join("\n\n");
    return { to: contact.email, subject, text };
  }
}

const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, " ").trim();
