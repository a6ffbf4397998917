import type { CallOptions } from "@salesagent/ports";

/** One message to a channel. */
export interface ChatMessage {
  /** The vendor's id of the channel. */
  readonly channel: string;
  readonly text: string;
  /** The message that it answers. */
  readonly threadId?: string | undefined;
  /** The same on every attempt at the same message. */
  readonly key: string;
}

/** A message that stands. */
export interface PostedMessage {
  readonly channel: string;
  /** The vendor's id; absent where it tells none. */
  readonly messageId?: string;
}

/** What posts to a team's chat. */
export interface ChatPoster {
  readonly port: "chat-poster/1";
  /** Such as `slack`. */
  readonly provider: string;
  /** @throws `service.…`; with `replay: "safe"` where it is certain that nothing was posted. */
  post(message: ChatMessage, call?: CallOptions): Promise<PostedMessage>;
}
