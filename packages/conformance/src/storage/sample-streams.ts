import type { ApiKeyRecord, StreamDraft, StreamStore, StreamWrite, StreamWritten } from "@salesagent/ports";
import { at } from "./sample-records.js";

export function sampleStream(id: string, changes: Partial<StreamDraft> = {}): StreamDraft {
  return { id, source: "agent:chat", ...changes };
}

/** Events that tell their own numbers. */
export function sampleEvents(from: number, count: number): StreamWrite["events"] {
  return Array.from({ length: count }, (_, index) => ({ type: "text-delta", data: `#${from + index}` }));
}

/** A write of one event, under the first fence, to a stream that has none. */
export function sampleAppend(id: string, changes: Partial<StreamWrite> = {}): StreamWrite {
  return { id, fence: 1, after: 0, events: sampleEvents((changes.after ?? 0) + 1, 1), ...changes };
}

/** Appends to one stream. */
export async function appendOne(streams: StreamStore, write: StreamWrite): Promise<StreamWritten> {
  const [written] = await streams.append([write]);
  if (written === undefined) throw new Error("an append without an answer");
  return written;
}

/** Opens a stream and appends as many events as each number says, one append for each. */
export async function fillStream(
  streams: StreamStore,
  draft: StreamDraft,
  batches: readonly number[],
): Promise<void> {
  await streams.open(draft);
  let after = 0;
  for (const count of batches) {
    await appendOne(streams, { id: draft.id, fence: 1, after, events: sampleEvents(after + 1, count) });
    after += count;
  }
}

/** What is kept of a stream, as pairs of numbers and data. */
export async function readEvents(
  streams: StreamStore,
  id: string,
  from?: Parameters<StreamStore["read"]>[1],
): Promise<readonly (readonly [seq: number, data: unknown])[] | undefined> {
  const part = await streams.read(id, from);
  return part?.events.map(({ seq, data }) => [seq, data] as const);
}

/** The pairs of {@link sampleEvents}. */
export function numbered(from: number, until: number): readonly (readonly [number, string])[] {
  return Array.from({ length: Math.max(until - from + 1, 0) }, (_, index) => [
    from + index,
    `#${from + index}`,
  ]);
}

export function sampleKey(id: string, changes: Partial<ApiKeyRecord> = {}): ApiKeyRecord {
  return {
    ...{ id, name: `Key ${id}`, hash: "Zm9v".padEnd(43, "A"), role: "member", createdBy: "user:42" },
    ...{ createdAt: at(0), ...changes },
  };
}
