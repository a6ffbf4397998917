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

/** What was said in a thread up to one of its messages, in short. */
export interface ThreadSummary {
  readonly text: string;
  /** The index of the last message that it tells of. */
  readonly upTo: number;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
}

/** A thread as a whole. */
export interface ThreadRecord {
  readonly threadId: string;
  /** How many messages it holds; the index of the next one. */
  readonly length: number;
  readonly summary?: ThreadSummary;
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
  /**
   * The last messages of a thread, by index.
   *
   * @param want.limit - How many at most: a whole number, 1–1,000. @param want.from - None below this index. @defaultValue 0
   * @throws RangeError for another limit.
   */
  latest(
    threadId: string,
    want: { readonly limit: number; readonly from?: number | undefined },
    call?: CallOptions,
  ): Promise<readonly MessageRecord[]>;
  /** Nothing for a thread that nobody wrote to. */
  thread(threadId: string, call?: CallOptions): Promise<ThreadRecord | undefined>;
  /**
   * Keeps a summary of the messages up to one of them. One that tells of more takes the place of one that tells of less.
   *
   * @returns False when one that tells of as much stands already, or the thread has no such message; nothing changes then.
   */
  summarise(threadId: string, summary: ThreadSummary, call?: CallOptions): Promise<boolean>;
  /**
   * Drops a thread with all that was said in it, and its summary. Whoever writes to it again begins a new one, at index 0.
   *
   * @returns False when there was none.
   */
  remove(threadId: string, call?: CallOptions): Promise<boolean>;
}
