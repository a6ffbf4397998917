import type { MessageRecord, ThreadSummary } from "@salesagent/ports";
import { askSummary } from "./ask-summary.js";
import { textTokens } from "./estimate-tokens.js";
import type { MemorySettings } from "./memory-settings.js";
import { afterSummary, readUnsummarised, type UnsummarisedMessages } from "./read-thread.js";
import type { MemoryModelCall } from "./session-memory.js";
import { toLine } from "./summary-prompt.js";
import { summaryEnd } from "./window.js";

/** What one call of the summariser is given at most, in tokens; less where its context is small. */
const MOST_PIECE_TOKENS = 24_000;
/** Assumed of a summariser that does not tell its context. */
const FALLBACK_CONTEXT_TOKENS = 16_000;

/** How far a thread is summarised. */
export interface SummaryAim {
  /** What a window can hold beside the summary, in tokens. */
  readonly windowTokens: number;
  /** How many calls of the summariser may be made. */
  readonly maxCalls: number;
}

/**
 * Summarises a thread piece by piece, each with the summary of what came before it. What was done stands when a later piece
 * fails. Of several summarisers at once, the one that tells of more stands.
 *
 * @returns The summary that stands; absent where there is none.
 */
export async function summariseThread(
  settings: MemorySettings,
  threadId: string,
  aim: SummaryAim,
  call: MemoryModelCall,
): Promise<ThreadSummary | undefined> {
  const { messages } = settings.storage.tenant(call.tenant);
  const { signal } = call;
  let told = -1;
  for (let calls = 0; ; calls++) {
    const open = await readUnsummarised(messages, threadId, { signal });
    const from = afterSummary(open.summary);
    const piece = nextPiece(settings, open, aim);
    const last = piece.at(-1);
    // Without progress the store has refused a summary, and would again.
    if (!last || calls >= aim.maxCalls || from <= told) return open.summary;
    told = from;
    const lines = piece.map((record) => toLine(record, mostLineChars(settings)));
    const text = await askSummary(settings, { before: open.summary?.text, lines }, call);
    const createdAt = new Date(settings.clock.now()).toISOString();
    await messages.summarise(threadId, { text, upTo: last.index, createdAt }, { signal });
  }
}

/** What is summarised next: as many of the oldest messages as one call takes, but none that are to stay as they were said. */
function nextPiece(
  { window, ...settings }: MemorySettings,
  { records, whole }: UnsummarisedMessages,
  { windowTokens }: SummaryAim,
): readonly MessageRecord[] {
  const said = records.map(({ message }) => message);
  const end = whole
    ? summaryEnd(said, {
        countTokens: window.countTokens,
        maxTokens: windowTokens,
        maxMessages: window.maxMessages,
        keepTokens: Math.min(window.keepTokens, Math.floor(windowTokens / 2)),
        fromTheBeginning: records[0]?.index === 0,
      })
    : records.length;
  return records.slice(0, pieceEnd({ window, ...settings }, records.slice(0, end)));
}

/** The last end of a turn that one call can take in; of a turn that is too long, as much as it can. */
function pieceEnd(settings: MemorySettings, records: readonly MessageRecord[]): number {
  const mostTokens = pieceTokens(settings);
  let [tokens, turnEnd] = [0, 0];
  for (const [index, record] of records.entries()) {
    if (record.message.role === "user") turnEnd = index;
    tokens += textTokens(toLine(record, mostLineChars(settings)));
    if (tokens > mostTokens) return Math.max(1, turnEnd > 0 ? turnEnd : index);
  }
  return records.length;
}

function pieceTokens({ summariser }: MemorySettings): number {
  const context = summariser?.profile.contextTokens ?? FALLBACK_CONTEXT_TOKENS;
  return Math.min(MOST_PIECE_TOKENS, Math.floor(context / 2));
}

/** No sign takes more than two tokens, so that a line fits in a piece. */
function mostLineChars(settings: MemorySettings): number {
  return Math.floor(pieceTokens(settings) / 2);
}
