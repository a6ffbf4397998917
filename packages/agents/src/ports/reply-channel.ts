import type { CallOptions } from "@salesagent/ports";

/** A message to a customer. Plain JSON. */
export type OutgoingReply = {
  /** The customer's address, as the host gave it. */
  readonly to: string;
  readonly threadId: string;
  readonly text: string;
  /** Where it is from, for channels that show it. */
  readonly sources: readonly { readonly id: string; readonly title?: string; readonly url?: string }[];
};

/** How one message is sent. */
export interface ReplyCall extends CallOptions {
  readonly tenant: string;
  /** The same on every attempt at the same message: 43 characters of base64url. */
  readonly idempotencyKey: string;
}

/** What carries messages to customers: a chat, a mailbox, a help desk. */
export interface ReplyChannel {
  readonly port: "reply-channel/1";
  /** Such as `intercom`. */
  readonly provider: string;
  /** @throws `service.…`; with `replay: "safe"` where it is certain that nothing went out. */
  send(reply: OutgoingReply, call: ReplyCall): Promise<void>;
  /** Whether it went out, for channels that can tell; `undefined` where it can't be known. */
  wasSent?(reply: OutgoingReply, call: ReplyCall): Promise<boolean | undefined>;
}
