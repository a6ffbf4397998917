import type { OutgoingReply, ReplyChannel } from "../ports/reply-channel.js";

/** A channel that keeps what it is given, for tests and rehearsals. */
export interface MemoryReplies extends ReplyChannel {
  /** What went out, in order. */
  readonly sent: readonly (OutgoingReply & { readonly idempotencyKey: string })[];
}

export function memoryReplies(): MemoryReplies {
  const sent: (OutgoingReply & { readonly idempotencyKey: string })[] = [];
  return {
    port: "reply-channel/1",
    provider: "memory",
    sent,
    send: async (reply, { idempotencyKey, signal }) => {
      signal?.throwIfAborted();
      sent.push({ ...reply, idempotencyKey });
    },
    wasSent: async (_, { idempotencyKey }) => sent.some((reply) => reply.idempotencyKey === idempotencyKey),
  };
}
