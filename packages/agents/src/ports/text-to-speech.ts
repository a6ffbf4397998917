import type { CallOptions } from "@salesagent/ports";

/** How audio is written. */
export interface AudioFormat {
  /** Such as `audio/wav`, `audio/mpeg`; `audio/l16` for bare samples of 16 bits, little-endian. */
  readonly mimeType: string;
  /** Samples a second. */
  readonly sampleRate: number;
}

/** How a text is spoken. */
export interface SpeakOptions extends CallOptions {
  /** The vendor's id of a voice. @defaultValue the adapter's own */
  readonly voice?: string | undefined;
  /** ISO 639-1, such as `en`. @defaultValue the adapter's own */
  readonly language?: string | undefined;
}

/** What turns text into speech. */
export interface TextToSpeech {
  readonly port: "text-to-speech/1";
  /** Such as `cartesia`. */
  readonly provider: string;
  readonly modelId: string;
  readonly format: AudioFormat;
  /**
   * Audio as it is made, in pieces that are never empty; bare samples are never split. Nothing is sent before it is read;
   * `break` and abort end the request.
   *
   * @throws `service.…`, also where the audio breaks off; the signal's own reason.
   */
  speak(text: string, options?: SpeakOptions): AsyncIterable<Uint8Array>;
}
