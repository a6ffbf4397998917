import { field } from "@salesagent/core/graph";
import { z } from "zod";
import type { Slot } from "../ports/calendar.js";
import type { LeadFacts } from "../qualification/candidate.js";
import { emailSchema } from "../tools/crm/identity-schemas.js";

/** What the rules, and a model where there is one, said of the lead. Plain JSON. */
export type BdrQualification = {
  readonly score: number;
  readonly tier: string;
  readonly qualified: boolean;
  readonly reasons: readonly string[];
  readonly engine: "rules" | "model";
};

/** A mail that proposes times, as it was sent. Plain JSON. */
export type SentProposal = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly messageId: string;
};

/** How a run ended. */
export type BdrOutcomeKind =
  | "booked"
  /** The rules, or the model, found that the lead does not fit. */
  | "not-qualified"
  /** The calendar has no free time that was not offered before. */
  | "no-slots"
  /** A person refused the mail or the meeting. */
  | "refused"
  /** Nobody decided in time. */
  | "not-decided"
  /** A gate of the ledger forbids it, such as a suppression list. */
  | "forbidden"
  /** The lead does not want to meet. */
  | "declined"
  | "no-reply"
  /** The lead wrote something that a person has to read. */
  | "handed-over"
  /** So many proposals were made, and none suited. */
  | "no-agreement";

/** Plain JSON. */
export type BdrOutcome = { readonly kind: BdrOutcomeKind; readonly reason?: string };

/** A meeting that is booked. Plain JSON. */
export type BookedMeeting = { readonly slot: Slot; readonly meetingId: string; readonly url?: string };

const leadSchema = z.custom<LeadFacts>(
  (value) => typeof value === "object" && value !== null && isText((value as { company?: unknown }).company),
  "must be facts with the company's name in `company`",
);

const isText = (value: unknown): boolean => typeof value === "string" && value.trim() !== "";

/** The person who is written to. */
const contactSchema = z.object({
  email: emailSchema,
  name: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^[^\p{Cc}]*$/u, "must be one line")
    .optional(),
});

/** The fields of a run: `lead`, `contact` and `leadId` are its input. */
export const bdrState = {
  lead: leadSchema,
  contact: contactSchema,
  leadId: z.string().min(1).max(400).optional(),
  qualification: field<BdrQualification>(),
  /** What is proposed in this round. */
  slots: field({ default: (): readonly Slot[] => [] }),
  /** What was proposed in all rounds. */
  offered: field({
    default: (): readonly Slot[] => [],
    reduce: (all: readonly Slot[], more: readonly Slot[]) => [...all, ...more],
  }),
  /** Proposals that were begun. */
  round: field({ default: () => 0 }),
  proposal: field<SentProposal>(),
  /** What the lead took; null when it was gone. */
  choice: field<Slot | null>(),
  meeting: field<BookedMeeting>(),
  outcome: field<BdrOutcome>(),
};
