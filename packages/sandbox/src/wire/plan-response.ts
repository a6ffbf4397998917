import type { Draft, FaultScene } from "./draft.js";
import type { WireEvent } from "./wire-event.js";
import type { WirePlan, WireStep } from "./wire-plan.js";

const encoder = new TextEncoder();

/** Settles a draft: bytes, waits and the ending. */
export function planResponse(draft: Draft, { format }: Pick<FaultScene, "format">): WirePlan {
  const chunks = cutAt(toChunks(draft), draft.cutAtByte);
  const pieces = draft.split === undefined ? chunks : splitChunks(chunks, draft.split);
  return {
    status: draft.status,
    headers: { "content-type": draft.contentType, ...draft.headers },
    headersMs: draft.headersMs,
    ...(draft.beforeHeaders === undefined ? {} : { beforeHeaders: draft.beforeHeaders }),
    ...(isWhole(draft) ? { contentLength: pieces.reduce((sum, { bytes }) => sum + bytes.length, 0) } : {}),
    steps: [...toSteps(pieces), endingOf(draft, format)],
    outcome: draft.outcome,
  };
}

/** One body that comes to its end. */
function isWhole({ events, ending, outcome }: Draft): boolean {
  return events[0]?.kind === "body" && ending === "end" && outcome === "answered";
}

/** Bytes that are written together, and the wait before them. */
interface Chunk {
  readonly bytes: Uint8Array;
  readonly waitMs?: number;
}

/** One chunk for each wait: what may be written together is. */
function toChunks(draft: Draft): Chunk[] {
  const waits = waitsOf(draft);
  const chunks: { texts: string[]; waitMs?: number }[] = [{ texts: [draft.byteOrderMark ? "\uFEFF" : ""] }];
  for (const [position, event] of draft.events.entries()) {
    const waitMs = waits.get(position);
    const text = draft.crlf ? event.text.replaceAll(/\r?\n/g, "\r\n") : event.text;
    if (waitMs === undefined) chunks.at(-1)?.texts.push(text);
    else chunks.push({ texts: [text], waitMs });
  }
  const encoded: Chunk[] = chunks.map(({ texts, ...wait }) => ({
    ...wait,
    bytes: encoder.encode(texts.join("")),
  }));
  if (draft.torn !== undefined) encoded.push({ bytes: draft.torn });
  return encoded;
}

/** The waits, by the position of the event that they come before. */
function waitsOf({ events, firstTokenMs, betweenTokensMs }: Draft): Map<number, number> {
  const waits = new Map<number, number>();
  let begun = false;
  for (const [position, { kind }] of events.entries()) {
    if (begun && betweenTokensMs !== undefined && kind !== "comment") waits.set(position, betweenTokensMs);
    if (!begun && isFirstToken(kind)) {
      begun = true;
      if (firstTokenMs > 0) waits.set(position, firstTokenMs);
    }
  }
  return waits;
}

const isFirstToken = (kind: WireEvent["kind"]): boolean => kind !== "comment" && kind !== "head";

function cutAt(chunks: Chunk[], limit: number | undefined): Chunk[] {
  if (limit === undefined) return chunks;
  const kept: Chunk[] = [];
  let left = limit;
  for (const chunk of chunks) {
    if (left <= 0) break;
    kept.push({ ...chunk, bytes: chunk.bytes.subarray(0, left) });
    left -= chunk.bytes.length;
  }
  return kept;
}

/** Cuts the body at each offset, or every `size` bytes; each piece gets a turn of its own. */
function splitChunks(chunks: readonly Chunk[], split: NonNullable<Draft["split"]>): Chunk[] {
  const pieces: Chunk[] = [];
  const offsets = new Set(split.at ?? []);
  let position = 0;
  for (const { bytes, waitMs = 0 } of chunks) {
    let from = 0;
    for (let to = 1; to <= bytes.length; to++) {
      const border = position + to;
      const cutsHere = offsets.has(border) || (split.size !== undefined && border % split.size === 0);
      if (!cutsHere && to < bytes.length) continue;
      pieces.push({ bytes: bytes.subarray(from, to), waitMs: from === 0 ? waitMs : 0 });
      from = to;
    }
    position += bytes.length;
  }
  return pieces;
}

function toSteps(chunks: readonly Chunk[]): WireStep[] {
  return chunks.flatMap(({ bytes, waitMs }): WireStep[] => {
    const write: WireStep[] = bytes.length > 0 ? [{ do: "write", bytes }] : [];
    return waitMs === undefined ? write : [{ do: "wait", ms: waitMs }, ...write];
  });
}

function endingOf(draft: Draft, format: FaultScene["format"]): WireStep {
  if (draft.ending !== "hold") return { do: draft.ending };
  const sign = format.keepAlive("ping", "keep-alive");
  if (draft.keepAliveEveryMs === undefined || sign === undefined) return { do: "hold" };
  return { do: "hold", keepAlive: { bytes: encoder.encode(sign.text), everyMs: draft.keepAliveEveryMs } };
}
