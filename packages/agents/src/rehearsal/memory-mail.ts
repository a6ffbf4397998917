import type { MailMessage, MailTransport } from "../ports/mail-transport.js";

/** A mail transport that keeps what it is given, for tests and rehearsals. */
export interface MemoryMail extends MailTransport {
  /** What went out, in order. */
  readonly outbox: readonly MailMessage[];
}

export function memoryMail(): MemoryMail {
  const outbox: MailMessage[] = [];
  return {
    port: "mail-transport/1",
    provider: "memory",
    outbox,
    send: async (message, { signal } = {}) => {
      signal?.throwIfAborted();
      outbox.push(message);
    },
    wasSent: async (messageId) => outbox.some((message) => message.messageId === messageId),
  };
}
