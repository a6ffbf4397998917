import type { CallOptions } from "../call-options.js";
import type { Message } from "../model/message.js";
import type { Page, PageRequest } from "./page.js";

/** One message of a thread. */
export interface MessageRecord {
  readonly threadId: string;
  /** 0, 1, 2 … within the thread. */
  readonly index: number;
  readonly runId?: string;
  readonly message: Message;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
}

/** Messages of one tenant's threads. */
export interface MessageStore {
  readonly port: "message-store/1";
  /**
   * Adds messages to a thread's end, all or none; concurrent calls never share an index.
   *
   * @returns The index of the first.
   */
  append(
    threadId: string,
    messages: readonly Pick<MessageRecord, "runId" | "message" | "createdAt">[],
    call?: CallOptions,
  ): Promise<number>;
  /** By index. */
  list(threadId: string, page?: PageRequest, call?: CallOptions): Promise<Page<MessageRecord>>;
}
