import { type AnyTool, defineTool } from "@salesagent/core/tools";
import { SalesAgentError } from "@salesagent/ports";
import { z } from "zod";
import type { AudioFormat, TextToSpeech } from "../../ports/text-to-speech.js";

/** A recording that was made. */
export interface MadeRecording {
  readonly bytes: Uint8Array;
  readonly format: AudioFormat;
  readonly text: string;
}

export interface GenerateVoiceOptions {
  /** Such as `cartesia({ … })` of `@salesagent/agents/speech`. */
  readonly speech: TextToSpeech;
  /**
   * Keeps a recording, and says where it is: models can't take audio. Called once a recording is whole.
   *
   * @returns An address or an id, which the model is told.
   */
  readonly keep: (
    recording: MadeRecording,
    scope: { readonly tenant: string; readonly runId: string; readonly signal: AbortSignal },
  ) => string | Promise<string>;
  /** Voices that a model may choose from: its name for each, and the vendor's id. @defaultValue the adapter's one */
  readonly voices?: Readonly<Record<string, string>> | undefined;
  /** How long a text may be. @defaultValue 2_000 */
  readonly maxChars?: number | undefined;
  /** How large a recording may be. @defaultValue 20_000_000 */
  readonly maxBytes?: number | undefined;
  /** In milliseconds. @defaultValue 60_000 */
  readonly timeoutMs?: number | undefined;
}

/** What `generate_voice` tells a model. */
export interface GenerateVoiceOutput {
  /** Where the recording is. */
  readonly recording: string;
  readonly mimeType: string;
  readonly bytes: number;
}

interface GenerateVoiceInput {
  readonly text: string;
  readonly voice?: string | undefined;
}

/**
 * The tool `generate_voice`: speaks a text and keeps the recording. It sends nothing to anybody.
 *
 * @example
 * ```ts
 * generateVoice({ speech: rehearsalSpeech(), keep: ({ bytes }) => bucket.put(bytes) });
 * ```
 * @throws RangeError naming the option. The tool itself: `service.…`.
 */
export function generateVoice(options: GenerateVoiceOptions): AnyTool {
  const { speech, keep, voices = {}, maxChars = 2_000, maxBytes = 20_000_000, timeoutMs = 60_000 } = options;
  for (const [option, value] of Object.entries({ maxChars, maxBytes })) {
    if (!(value >= 1)) throw new RangeError(`generate_voice.${option} must be ≥ 1, got ${value}`);
  }
  const [first, ...rest] = Object.keys(voices);
  const text = z.string().trim().min(1).max(maxChars);
  return defineTool<GenerateVoiceInput, GenerateVoiceOutput>({
    name: "generate_voice",
    description: "Speaks a text and returns where the recording is.",
    input:
      first === undefined
        ? z.object({ text })
        : z.object({ text, voice: z.enum([first, ...rest]).default(first) }),
    effect: "none",
    timeoutMs,
    run: async ({ text: spoken, voice }, { tenant, runId, signal }) => {
      const id = voice === undefined ? undefined : voices[voice];
      const bytes = await record(speech.speak(spoken, { voice: id, signal }), maxBytes, speech.provider);
      const recording = await keep({ bytes, format: speech.format, text: spoken }, { tenant, runId, signal });
      return { recording, mimeType: speech.format.mimeType, bytes: bytes.length };
    },
  });
}

async function record(
  audio: AsyncIterable<Uint8Array>,
  maxBytes: number,
  service: string,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of audio) {
    length += piece.length;
    if (length > maxBytes) throw tooLarge(service, maxBytes);
    pieces.push(piece);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function tooLarge(service: string, maxBytes: number): SalesAgentError<"service.malformed_response"> {
  return new SalesAgentError("service.malformed_response", {
    message: `The recording is larger than ${maxBytes} bytes. Speak a shorter text.`,
    facts: { service },
    replay: "safe",
  });
}
