import type { JsonObject, JsonValue } from "@salesagent/ports";
import { toRecord } from "../kernel/to-record.js";
import type { StreamEvent } from "./live-streams.js";

/** Events that bring a piece of one text each, in `data.text`. */
const PIECES: ReadonlySet<string> = new Set(["text-delta", "reasoning-delta"]);
/** Pieces are put together up to this length, in characters. */
const LONGEST_TEXT = 16_000;
/** What an event takes beside its data, about. */
const EVENT_BYTES = 48;

type Piece = JsonObject & { readonly text: string };

interface Queued {
  readonly type: string;
  data: JsonValue;
  bytes: number;
}

/** A part of what waits, as it is to be kept. */
export interface EventBatch {
  readonly events: readonly StreamEvent[];
  readonly bytes: number;
}

/**
 * Events of one stream that wait for the store. Pieces of one text that stand beside one another become one event; whatever comes
 * between keeps them apart.
 */
export class EventQueue {
  #events: Queued[] = [];
  #bytes = 0;

  get size(): number {
    return this.#events.length;
  }

  /** About, as JSON. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * @param bytes - What the data takes, about.
   * @returns How many bytes more wait than before, and whether one event more does.
   */
  add({ type, data }: StreamEvent, bytes: number): { readonly bytes: number; readonly isNew: boolean } {
    const last = this.#events.at(-1);
    if (last && PIECES.has(type) && last.type === type && isJoined(last, data)) {
      last.bytes += bytes;
      return { bytes: this.#grown(bytes), isNew: false };
    }
    this.#events.push({ type, data, bytes: bytes + EVENT_BYTES });
    return { bytes: this.#grown(bytes + EVENT_BYTES), isNew: true };
  }

  #grown(bytes: number): number {
    this.#bytes += bytes;
    return bytes;
  }

  /**
   * Takes what came first. What is taken grows no more.
   *
   * @param isWhole - Takes half a character too, whose other half may be on its way.
   */
  take(mostEvents: number, mostBytes: number, isWhole: boolean): EventBatch {
    let count = 0;
    let bytes = 0;
    for (const event of this.#events) {
      if (count === mostEvents || (count > 0 && bytes + event.bytes > mostBytes)) break;
      bytes += event.bytes;
      count += 1;
    }
    const taken = this.#events.splice(0, count);
    const last = taken.at(-1);
    const half = !isWhole && last && this.#events.length === 0 ? halfCharacter(last) : undefined;
    if (half) this.#events.push(half);
    this.#bytes -= bytes - (half?.bytes ?? 0);
    const events = taken.map(({ type, data }) => ({ type, data: toRecord(data) }));
    return { events, bytes: bytes - (half?.bytes ?? 0) };
  }
}

/** Cuts off the first half of a character that ends a piece: alone, no storage takes it. */
function halfCharacter(event: Queued): Queued | undefined {
  if (!PIECES.has(event.type) || !isPiece(event.data)) return undefined;
  const { text } = event.data;
  const code = text.charCodeAt(text.length - 1);
  if (text.length < 2 || code < 0xd800 || code > 0xdbff) return undefined;
  const half = { type: event.type, data: { ...event.data, text: text.slice(-1) }, bytes: EVENT_BYTES };
  event.data = { ...event.data, text: text.slice(0, -1) };
  return half;
}

/** Puts a piece to the one before it, where they are of one text: all that they say besides it is the same. */
function isJoined(last: Queued, data: JsonValue): boolean {
  if (!isPiece(last.data) || !isPiece(data)) return false;
  const { text } = last.data;
  if (text.length + data.text.length > LONGEST_TEXT) return false;
  const names = Object.keys(data);
  if (names.length !== Object.keys(last.data).length) return false;
  for (const name of names) {
    if (name !== "text" && (last.data[name] !== data[name] || typeof data[name] === "object")) return false;
  }
  last.data = { ...last.data, text: text + data.text };
  return true;
}

function isPiece(data: JsonValue): data is Piece {
  return (
    typeof data === "object" &&
    data !== null &&
    !Array.isArray(data) &&
    typeof (data as JsonObject)["text"] === "string"
  );
}
