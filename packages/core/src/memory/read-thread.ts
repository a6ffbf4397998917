import type { CallOptions, MessageRecord, MessageStore, ThreadSummary } from "@salesagent/ports";

/** The most that a store gives at once. */
const MOST_AT_ONCE = 1_000;

/** A thread's end, as far as it is not in the summary. */
export interface ThreadEnd {
  /** Messages of the thread. */
  readonly length: number;
  readonly summary: ThreadSummary | undefined;
  /** The latest messages after the summary, by index. */
  readonly latest: readonly MessageRecord[];
  /** Messages after the summary that come before these. */
  readonly unread: number;
}

/** Reads the latest messages that no summary tells of: two reads of the store. */
export async function readThreadEnd(
  messages: MessageStore,
  threadId: string,
  maxMessages: number,
  { signal }: CallOptions,
): Promise<ThreadEnd> {
  const thread = await messages.thread(threadId, { signal });
  if (!thread) return { length: 0, summary: undefined, latest: [], unread: 0 };
  const from = afterSummary(thread.summary);
  const want = { limit: maxMessages, from };
  const latest = thread.length > from ? await messages.latest(threadId, want, { signal }) : [];
  const first = latest[0]?.index ?? thread.length;
  // Others may have added to it meanwhile.
  const length = Math.max(thread.length, (latest.at(-1)?.index ?? -1) + 1);
  return { length, summary: thread.summary, latest, unread: Math.max(0, first - from) };
}

/** The oldest messages that no summary tells of. */
export interface UnsummarisedMessages {
  readonly summary: ThreadSummary | undefined;
  /** By index, from the first after the summary on. */
  readonly records: readonly MessageRecord[];
  /** The last of them is the thread's last. */
  readonly whole: boolean;
}

/** Reads on from the summary: one read more where no more than 1,000 messages came since, else page by page from the beginning. */
export async function readUnsummarised(
  messages: MessageStore,
  threadId: string,
  { signal }: CallOptions,
): Promise<UnsummarisedMessages> {
  const end = await readThreadEnd(messages, threadId, MOST_AT_ONCE, { signal });
  if (end.unread === 0) return { summary: end.summary, records: end.latest, whole: true };
  const from = afterSummary(end.summary);
  let after: string | undefined;
  for (;;) {
    const page = await messages.list(threadId, { limit: MOST_AT_ONCE, after }, { signal });
    const records = page.items.filter(({ index }) => index >= from);
    if (records.length > 0) return { summary: end.summary, records, whole: page.next === undefined };
    if (page.next === undefined) return { summary: end.summary, records: [], whole: true };
    after = page.next;
  }
}

/** Index of the first message that a summary does not tell of. */
export function afterSummary(summary: ThreadSummary | undefined): number {
  return summary === undefined ? 0 : summary.upTo + 1;
}
