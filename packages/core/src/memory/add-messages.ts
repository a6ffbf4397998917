import type { AssistantMessage, Message, MessageStore } from "@salesagent/ports";
import { toRecord } from "../kernel/to-record.js";
import { checkTranscript } from "../model/transcript.js";
import type { MemorySettings } from "./memory-settings.js";
import type { MemoryCall } from "./session-memory.js";

/** How far back a run's messages are looked for, before it adds them once more. */
const LOOKED_BACK = 200;

/** Adds messages to a thread. @returns False when nothing was added. */
export async function addMessages(
  { storage, clock }: MemorySettings,
  threadId: string,
  messages: readonly Message[],
  call: MemoryCall & { readonly runId?: string | undefined; readonly once?: boolean | undefined },
): Promise<boolean> {
  const { tenant, signal, runId, once = false } = call;
  const kept = messages.flatMap(withoutSpareReasoning);
  refuseInstructions(kept);
  checkTranscript(kept);
  if (kept.length === 0) return false;
  const createdAt = new Date(clock.now()).toISOString();
  const run = runId === undefined ? {} : { runId };
  const records = kept.map((message) => ({ ...run, message: toRecord(message), createdAt }));
  const stores = storage.tenant(tenant);
  if (!once || runId === undefined) {
    await stores.messages.append(threadId, records, { signal });
    return true;
  }
  return stores.transaction(
    async ({ messages: thread }) => {
      if (await hasAdded(thread, threadId, runId)) return false;
      await thread.append(threadId, records);
      return true;
    },
    { signal },
  );
}

async function hasAdded(messages: MessageStore, threadId: string, runId: string): Promise<boolean> {
  const latest = await messages.latest(threadId, { limit: LOOKED_BACK });
  return latest.some((record) => record.runId === runId);
}

/** What a model thought before it called a tool goes with the call: some vendors want it back. The rest is of no further use. */
function withoutSpareReasoning(message: Message): readonly Message[] {
  if (message.role !== "assistant" || message.parts.some(({ type }) => type === "tool-call"))
    return [message];
  const parts: AssistantMessage["parts"] = message.parts.filter(({ type }) => type !== "reasoning");
  if (parts.length === 0) return [];
  return [parts.length === message.parts.length ? message : { ...message, parts }];
}

function refuseInstructions(messages: readonly Message[]): void {
  const index = messages.findIndex(({ role }) => role === "system");
  if (index < 0) return;
  throw new TypeError(
    `messages[${index}] is a system message: instructions belong to the agent, not to the thread. Use userMessage(text, "developer") for a note.`,
  );
}
