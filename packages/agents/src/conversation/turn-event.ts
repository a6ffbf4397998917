import type { ToolFinishedEvent, ToolStartedEvent } from "@salesagent/core/agent";
import type { AudioFormat } from "../ports/text-to-speech.js";

/** What the customer said or wrote. */
export interface TranscriptEvent {
  readonly type: "transcript";
  /** Empty where nothing was heard. */
  readonly text: string;
  /** Of the audio, in seconds, where it is known. */
  readonly durationSeconds?: number;
}

/** What the customer wants. */
export interface IntentEvent<Intent extends string = string> {
  readonly type: "intent";
  /** `other` for what none of the intents tells. */
  readonly intent: Intent | "other";
  /** 0–1, by the model's own account. */
  readonly confidence: number;
}

/** The reply as it is written. */
export interface ReplyTextEvent {
  readonly type: "text-delta";
  readonly text: string;
}

/** Another model writes the reply anew: what was told of it is replaced by `text`, and new deltas go on from there. */
export interface ReplyRestartEvent {
  readonly type: "restart";
  /** What stands: what was spoken already, or written before a tool was called. */
  readonly text: string;
}

/** A piece of the reply's audio. Never empty; in order; bare samples are never split. */
export interface ReplyAudioEvent {
  readonly type: "audio";
  readonly bytes: Uint8Array;
  readonly format: AudioFormat;
  /** Which sentence it is of, from 0 on. Formats with a header, such as WAV, have one for each sentence. */
  readonly sentence: number;
}

/** How long a turn took, in milliseconds from its beginning. */
export interface TurnLatency {
  /** Until it was known what the customer said. */
  readonly transcriptMs?: number;
  readonly intentMs?: number;
  /** Until the first piece of text of the reply was there. */
  readonly firstTextMs?: number;
  /** Until the reader was given the first piece of audio: how long the customer waits. */
  readonly firstAudioMs?: number;
  readonly totalMs: number;
}

/**
 * How a turn ended: `not-heard` where there was nothing to answer, and the customer was asked to say it again; `cut-off` is told
 * only of a turn that is told again.
 */
export type TurnOutcome = "answered" | "not-heard" | "cut-off";

/** The turn is done, and stands in its thread. Without this event there was no success. */
export interface TurnCompletedEvent<Intent extends string = string> {
  readonly type: "turn-completed";
  readonly turnId: string;
  readonly threadId: string;
  readonly outcome: TurnOutcome;
  readonly transcript: string;
  readonly intent?: { readonly name: Intent | "other"; readonly confidence: number };
  /** The whole reply. */
  readonly text: string;
  readonly latency: TurnLatency;
  /** Of all model calls, in USD. Absent when a price is unknown. Speech services don't tell theirs. */
  readonly costUsd?: number;
  /** What the speaker was given, in characters: what such services bill. */
  readonly spokenCharacters: number;
  /** Of what the customer said, in seconds, where it is known. */
  readonly heardSeconds?: number;
}

/** What happens in a turn, in order. */
export type TurnEvent<Intent extends string = string> =
  | TranscriptEvent
  | IntentEvent<Intent>
  | ReplyTextEvent
  | ReplyRestartEvent
  | ReplyAudioEvent
  | ToolStartedEvent
  | ToolFinishedEvent
  | TurnCompletedEvent<Intent>;
