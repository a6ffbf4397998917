import type { StreamReader } from "@salesagent/core/live";
import type { StoredStreamEvent, StreamRecord } from "@salesagent/ports";
import type { EventSource } from "./event-body.js";
import { joinBytes } from "./join-bytes.js";

const encoder = new TextEncoder();
/** How soon a browser connects again, in milliseconds. */
const BEGIN = "retry: 1000\n\n";

/** The events of all readers of a process are the same objects: each is written out once. */
const WRITTEN = new WeakMap<StoredStreamEvent, Uint8Array>();

/** A stream's events as server-sent events: `id` is the event's number, and `end` the last. */
export function streamFrames(reader: StreamReader, close: () => void): EventSource {
  return framesOf(reader, { begin: BEGIN, close, write: toFrame, end: toEnd });
}

/** How a stream is told in some protocol. */
export interface Telling {
  /** Sent before all else. */
  readonly begin: string;
  /** Nothing for an event that this protocol does not tell. */
  readonly write: (event: StoredStreamEvent) => Uint8Array | undefined;
  readonly end: (record: StreamRecord | undefined) => string;
  readonly close: () => void;
}

/** As soon as a piece is so large, what else came meanwhile waits until it is taken. */
const PIECE_BYTES = 65_536;

/** What came meanwhile goes out together, in pieces of 64 KiB and one event at most. */
export function framesOf(reader: StreamReader, { begin, write, end, close }: Telling): EventSource {
  let phase: "begin" | "events" | "ended" = "begin";
  let came: Iterator<StoredStreamEvent> = [].values();
  return {
    async next() {
      if (phase === "begin") {
        phase = "events";
        if (begin !== "") return encoder.encode(begin);
      }
      while (phase === "events") {
        const piece = pieceOf(came, write);
        if (piece) return piece;
        const step = await reader.next();
        if (step.done) {
          phase = "ended";
          return encoder.encode(end(reader.record));
        }
        came = [step.value, ...reader.buffered()].values();
      }
      return undefined;
    },
    close() {
      void reader.return().catch(() => {});
      close();
    },
  };
}

/** The next events as they are sent. Those that wait are not written out before, so that they take no room twice. */
function pieceOf(came: Iterator<StoredStreamEvent>, write: Telling["write"]): Uint8Array | undefined {
  const frames: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < PIECE_BYTES) {
    const { done, value } = came.next();
    if (done) break;
    const frame = write(value);
    if (frame === undefined) continue;
    frames.push(frame);
    bytes += frame.length;
  }
  return frames.length > 1 ? joinBytes(frames, bytes) : frames[0];
}

function toFrame(event: StoredStreamEvent): Uint8Array {
  const known = WRITTEN.get(event);
  if (known) return known;
  const { seq, type, data } = event;
  // A type is a word of ours or of a host's agent; it can't be made to end its line.
  const name = type.replaceAll(/[\r\n]/g, " ");
  const frame = encoder.encode(`id: ${seq}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  WRITTEN.set(event, frame);
  return frame;
}

function toEnd(record: StreamRecord | undefined): string {
  const { status = "completed", error } = record ?? {};
  return `event: end\ndata: ${JSON.stringify({ status, ...(error && { error }) })}\n\n`;
}
