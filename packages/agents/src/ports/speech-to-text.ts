import type { CallOptions } from "@salesagent/ports";

/** Audio that somebody recorded. */
export interface RecordedAudio {
  readonly bytes: Uint8Array;
  /** Such as `audio/wav`. */
  readonly mimeType: string;
}

/** How audio is heard. */
export interface TranscribeOptions extends CallOptions {
  /** ISO 639-1, where it is known. */
  readonly language?: string | undefined;
  /** Names and terms that are likely to come up. */
  readonly hint?: string | undefined;
}

/** What was said. */
export interface Transcript {
  readonly text: string;
  /** Of the audio, in seconds, where the vendor tells. */
  readonly durationSeconds?: number;
}

/** What turns speech into text. */
export interface SpeechToText {
  readonly port: "speech-to-text/1";
  /** Such as `openai`. */
  readonly provider: string;
  readonly modelId: string;
  /** @throws `service.…`, the signal's own reason. */
  transcribe(audio: RecordedAudio, options?: TranscribeOptions): Promise<Transcript>;
}
