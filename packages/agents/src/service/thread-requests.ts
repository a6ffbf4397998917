import type { SessionMemory } from "@salesagent/core/memory";
import { type MessageRecord, type Storage, userMessage } from "@salesagent/ports";
import { type CustomerRequest, MAX_MESSAGE_CHARS } from "./service-state.js";

/** Messages that a customer may write before the first is looked at; of more, the last count. */
const MAX_NEW = 200;

const PREFIX = "message:";

/** Under which id a customer's message stands in the thread. Agents that share the thread add to it under other ids. */
export const messageRunId = (messageId: string): string => `${PREFIX}${messageId}`;

const isCustomers = ({ message, runId }: MessageRecord): boolean =>
  message.role === "user" && runId?.startsWith(PREFIX) === true;

/** A thread, as a case looks at it. */
export interface ThreadOfCase {
  readonly storage: Storage;
  readonly memory: SessionMemory;
  readonly tenant: string;
  readonly threadId: string;
  readonly signal: AbortSignal | undefined;
}

/** Adds what a customer wrote, once. What customers write is external, whatever it says. */
export async function addCustomerMessage(
  { memory, threadId, tenant, signal }: Omit<ThreadOfCase, "storage">,
  text: string,
  runId: string,
): Promise<void> {
  await memory.append(threadId, [userMessage(text, "external")], { tenant, signal, runId, once: true });
}

/** The message that a case began with. */
export async function openingRequest(
  thread: ThreadOfCase,
  runId: string,
  text: string,
): Promise<CustomerRequest> {
  const records = await latest(thread, undefined);
  return { text, upTo: records.findLast((record) => record.runId === runId)?.index ?? -1 };
}

/** What the customer wrote after a message. */
export async function nextRequest(thread: ThreadOfCase, handled: number): Promise<CustomerRequest | null> {
  const records = (await latest(thread, handled + 1)).filter(isCustomers);
  const last = records.at(-1);
  if (!last) return null;
  return { text: lastOf(records.map(textOf)).join("\n\n"), upTo: last.index };
}

/** The last texts that are no longer together than one message may be: a flood of them is no longer a request. */
function lastOf(texts: readonly string[]): readonly string[] {
  let first = texts.length - 1;
  let chars = texts[first]?.length ?? 0;
  for (; first > 0; first--) {
    chars += (texts[first - 1]?.length ?? 0) + 2;
    if (chars > MAX_MESSAGE_CHARS) break;
  }
  return texts.slice(first);
}

/** The index of the thread's last message; −1 where there is none. */
export async function lastIndexOf({ storage, tenant, threadId, signal }: ThreadOfCase): Promise<number> {
  const [last] = await storage.tenant(tenant).messages.latest(threadId, { limit: 1 }, { signal });
  return last?.index ?? -1;
}

function latest({ storage, tenant, threadId, signal }: ThreadOfCase, from: number | undefined) {
  return storage.tenant(tenant).messages.latest(threadId, { limit: MAX_NEW, from }, { signal });
}

const textOf = ({ message: { parts } }: MessageRecord): string =>
  parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
