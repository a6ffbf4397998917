import type { CallOptions } from "@salesagent/ports";

/** One mail, as text. */
export interface MailMessage {
  /** `Ada Byron <ada@example.com>` or a plain address. */
  readonly from: string;
  /** A plain address. */
  readonly to: string;
  readonly replyTo?: string | undefined;
  readonly subject: string;
  readonly text: string;
  /** With its angle brackets; the same on every attempt at the same mail. */
  readonly messageId: string;
  /** The mail that it answers, with angle brackets. */
  readonly inReplyTo?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What carries mail. */
export interface MailTransport {
  readonly port: "mail-transport/1";
  /** Such as `smtp`. */
  readonly provider: string;
  /**
   * @throws `service.…`; with `replay: "safe"` where it is certain that the mail did not go out.
   */
  send(message: MailMessage, call?: CallOptions): Promise<void>;
  /** Whether a mail of this id went out, for transports that can tell; `undefined` where it can't be known. */
  wasSent?(messageId: string, call?: CallOptions): Promise<boolean | undefined>;
}
