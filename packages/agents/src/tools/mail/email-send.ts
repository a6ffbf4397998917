import type { ActContext, LookupAnswer } from "@salesagent/core/effects";
import { type AnyTool, defineTool, type WriteRules } from "@salesagent/core/tools";
import { z } from "zod";
import type { MailTransport } from "../../ports/mail-transport.js";
import { emailSchema } from "../crm/identity-schemas.js";
import { plainAddress } from "./mail-address.js";
import { recipientGate } from "./recipient-gate.js";

/** What a model gives `email_send`. */
export interface EmailSendInput {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  readonly inReplyTo?: string | undefined;
}

/** What `email_send` tells a model. */
export interface EmailSendOutput {
  readonly messageId: string;
  readonly to: string;
}

export interface EmailSendOptions {
  /** Such as `smtp({ … })` of `@salesagent/agents/node`. */
  readonly transport: MailTransport;
  /** Whom mail comes from: `Ada Byron <ada@example.com>` or a plain address. */
  readonly from: string;
  readonly replyTo?: string | undefined;
  /**
   * Whether mail may go to an address: a list, a function, or `anyone`. What leads and mails say can't choose a recipient,
   * so name those whom the run is about.
   */
  readonly mayWriteTo: MayWriteTo;
  /** Such as `List-Unsubscribe`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Gates besides that of recipients, such as a suppression list or quiet hours. */
  readonly gates?: WriteRules<EmailSendInput, EmailSendOutput>["gates"];
  /** Whether a person has to allow each mail. @defaultValue nobody is asked */
  readonly approval?: WriteRules<EmailSendInput, EmailSendOutput>["approval"];
  /** In milliseconds. @defaultValue 60_000 */
  readonly timeoutMs?: number | undefined;
}

/** Who may be written to. */
export type MayWriteTo =
  | "anyone"
  | readonly string[]
  | ((
      address: string,
      scope: { readonly tenant: string; readonly runId: string },
    ) => boolean | Promise<boolean>);

const messageIdSchema = z
  .string()
  .max(300)
  .regex(/^<[^<>\s]+>$/, "must be a Message-ID such as <1@example.com>");

const input = z.object({
  to: emailSchema.describe("One address."),
  subject: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^[^\p{Cc}]*$/u, "must be one line"),
  body: z.string().trim().min(1).max(50_000).describe("Plain text."),
  inReplyTo: messageIdSchema.optional().describe("Message-ID of the mail that this answers."),
});

/**
 * The tool `email_send`: one mail as plain text, once. Its `Message-ID` is the same on every attempt. Where a transport can't
 * tell whether a mail went out, one of unknown outcome is not sent again.
 *
 * @example
 * ```ts
 * emailSend({ transport: memoryMail(), from: "Ada <ada@example.com>", mayWriteTo: [lead.email], approval: requireApproval() });
 * ```
 * @throws TypeError naming the option. The tool itself: `effect.refused`, `service.…`.
 */
export function emailSend(options: EmailSendOptions): AnyTool {
  const { transport, from, replyTo, headers, mayWriteTo, gates = [], approval, timeoutMs = 60_000 } = options;
  const domain = plainAddress(from)?.split("@")[1];
  if (domain === undefined) throw new TypeError(`email_send.from must be an address, got "${from}"`);
  if (replyTo !== undefined && !plainAddress(replyTo))
    throw new TypeError("email_send.replyTo must be an address");
  const idOf = (idempotencyKey: string) => `<${idempotencyKey}@${domain}>`;
  return defineTool<EmailSendInput, EmailSendOutput>({
    name: "email_send",
    description: "Sends one e-mail as plain text.",
    input,
    effect: "write",
    timeoutMs,
    target: ({ to }) => to,
    gates: [recipientGate(mayWriteTo), ...gates],
    approval,
    lookup:
      transport.wasSent &&
      (({ to }, _record, context) => lookUp(transport, idOf(context.idempotencyKey), to, context)),
    run: async ({ to, subject, body, inReplyTo }, { idempotencyKey, signal }) => {
      const messageId = idOf(idempotencyKey);
      await transport.send(
        { from, to, replyTo, subject, text: body, messageId, inReplyTo, headers },
        { signal },
      );
      return { messageId, to };
    },
  });
}

async function lookUp(
  transport: MailTransport,
  messageId: string,
  to: string,
  { signal }: ActContext,
): Promise<LookupAnswer<EmailSendOutput>> {
  const sent = await transport.wasSent?.(messageId, { signal });
  if (sent === undefined) return { unknown: true };
  return sent ? { happened: true, result: { messageId, to } } : { happened: false };
}
