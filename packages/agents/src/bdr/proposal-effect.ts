import { defineEffect, type Effect } from "@salesagent/core/effects";
import { z } from "zod";
import type { MailTransport } from "../ports/mail-transport.js";
import { emailSchema } from "../tools/crm/identity-schemas.js";
import { plainAddress } from "../tools/mail/mail-address.js";
import type { SentProposal } from "./bdr-state.js";
import type { PersonRule } from "./person-rule.js";

/** The effect's name in the ledger, and the tool's on approvals. */
export const PROPOSAL = "bdr_proposal";

export const proposalSchema = z.object({
  to: emailSchema,
  subject: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^[^\p{Cc}]*$/u, "must be one line"),
  text: z.string().trim().min(1).max(50_000),
});

/** A mail that is to propose times; what a person may change. */
export type Proposal = z.output<typeof proposalSchema>;

const TIMEOUT_MS = 60_000;

/**
 * The mail, once. Its Message-ID is the same on every attempt.
 *
 * @throws TypeError when `from` holds no address.
 */
export function proposalEffect(
  mail: MailTransport,
  from: string,
  person: PersonRule,
): Effect<Proposal, SentProposal> {
  const domain = plainAddress(from)?.split("@")[1];
  if (domain === undefined) throw new TypeError(`createBdrAgent.from must be an address, got "${from}"`);
  const { wasSent } = mail;
  const idOf = (idempotencyKey: string) => `<${idempotencyKey}@${domain}>`;
  return defineEffect<Proposal, SentProposal>({
    name: PROPOSAL,
    target: ({ to }) => to,
    parse: (input) => proposalSchema.parse(input),
    approval: person,
    timeoutMs: TIMEOUT_MS,
    act: async (proposal, { idempotencyKey, signal }) => {
      const messageId = idOf(idempotencyKey);
      await mail.send({ from, ...proposal, messageId }, { signal });
      return { ...proposal, messageId };
    },
    lookup:
      wasSent &&
      (async (proposal, _record, { idempotencyKey, signal }) => {
        const messageId = idOf(idempotencyKey);
        const sent = await wasSent.call(mail, messageId, { signal });
        if (sent === undefined) return { unknown: true };
        return sent ? { happened: true, result: { ...proposal, messageId } } : { happened: false };
      }),
  });
}
