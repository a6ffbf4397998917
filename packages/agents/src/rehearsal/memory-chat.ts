import type { ChatMessage, ChatPoster } from "../ports/chat-poster.js";

/** A chat that keeps what it is given, for tests and rehearsals. */
export interface MemoryChat extends ChatPoster {
  /** What was posted, in order. */
  readonly messages: readonly ChatMessage[];
}

export function memoryChat(): MemoryChat {
  const messages: ChatMessage[] = [];
  return {
    port: "chat-poster/1",
    provider: "memory",
    messages,
    post: async (message, { signal } = {}) => {
      signal?.throwIfAborted();
      messages.push(message);
      return { channel: message.channel, messageId: String(messages.length) };
    },
  };
}
