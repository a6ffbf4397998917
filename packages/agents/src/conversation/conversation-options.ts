import type { SessionMemory } from "@salesagent/core/memory";
import type { LanguageModel, ModelRequest } from "@salesagent/ports";
import type { FlowOptions } from "../flow/flow-options.js";
import type { RecordedAudio, SpeechToText } from "../ports/speech-to-text.js";
import type { TextToSpeech } from "../ports/text-to-speech.js";

/** What a customer may give at once. */
export interface TurnLimits {
  /** @defaultValue 10_485_760, 10 MB */
  readonly maxAudioBytes?: number | undefined;
  /** Where the length of the audio is known. @defaultValue 120 */
  readonly maxAudioSeconds?: number | undefined;
  /** @defaultValue 10_000 */
  readonly maxTextChars?: number | undefined;
  /** What may be made ahead of the reader, in bytes of audio and characters of text. @defaultValue 262_144 */
  readonly bufferBytes?: number | undefined;
}

/** How conversations are held. */
export interface ConversationOptions<Intent extends string = never>
  extends Omit<FlowOptions, "task" | "forward"> {
  /** Replies. */
  readonly model: LanguageModel;
  /** Who the agent is, what it is to do and what it knows. */
  readonly instructions: string;
  /** Keeps threads. @defaultValue one on `storage` */
  readonly memory?: SessionMemory | undefined;
  /** Hears; needed for turns of audio. */
  readonly transcriber?: SpeechToText | undefined;
  /** Speaks; without one the agent writes. Bare samples (`audio/l16`) join without a seam. */
  readonly speaker?: TextToSpeech | undefined;
  /** What customers may want, by name, each with what it means. @defaultValue nobody asks */
  readonly intents?: Readonly<Record<Intent, string>> | undefined;
  /** Tells intents; a small, quick one will do. @defaultValue `model` */
  readonly intentModel?: LanguageModel | undefined;
  /** ISO 639-1, for hearing and speaking. @defaultValue the services' own */
  readonly language?: string | undefined;
  /** The speaker's id of a voice. @defaultValue the speaker's own */
  readonly voice?: string | undefined;
  /** Names and terms that are likely to come up, for the transcriber. */
  readonly hint?: string | undefined;
  /** What is said where nothing was heard. @defaultValue "Sorry, I didn't catch that. Could you say it again?" */
  readonly repeatText?: string | undefined;
  /** Model calls of one reply, tools included. @defaultValue 5 */
  readonly maxSteps?: number | undefined;
  /** Fields of each request for a reply, such as `maxOutputTokens` or `reasoning`. */
  readonly request?: Omit<ModelRequest, "messages" | "tools" | "output"> | undefined;
  readonly limits?: TurnLimits | undefined;
}

/** What the customer gives: what they said, or what they wrote. */
export type TurnInput = { readonly audio: RecordedAudio } | { readonly text: string };

/** How one turn is held. */
export interface TurnOptions {
  readonly tenant: string;
  /** The conversation; 1–400 characters. */
  readonly threadId: string;
  /** Cuts the agent off. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The same for the same turn, such as the id of the customer's message: a turn of text that was kept is gone on with, or told
   * again, and never answered twice. @defaultValue a new one
   */
  readonly turnId?: string | undefined;
  /** False where only text is wanted. @defaultValue true where there is a speaker */
  readonly speak?: boolean | undefined;
  /** Whom the memory's facts are told of, such as `person:bo@figma.example`. @defaultValue the lead, as `lead:<leadId>` */
  readonly subjects?: readonly string[] | undefined;
  readonly leadId?: string | undefined;
  readonly campaignId?: string | undefined;
}

export const DEFAULT_REPEAT = "Sorry, I didn't catch that. Could you say it again?";

/** @throws RangeError naming the limit. */
export function resolveLimits(limits: TurnLimits = {}): { readonly [Name in keyof TurnLimits]-?: number } {
  const resolved = {
    maxAudioBytes: limits.maxAudioBytes ?? 10 * 1024 * 1024,
    maxAudioSeconds: limits.maxAudioSeconds ?? 120,
    maxTextChars: limits.maxTextChars ?? 10_000,
    bufferBytes: limits.bufferBytes ?? 256 * 1024,
  };
  for (const [name, value] of Object.entries(resolved)) {
    if (value > 0) continue;
    throw new RangeError(`createConversationAgent.limits.${name} must be > 0, got ${value}`);
  }
  return Object.freeze(resolved);
}

/** @throws TypeError naming the intent. */
export function checkIntents(intents: Readonly<Record<string, string>>): void {
  for (const [name, meaning] of Object.entries(intents)) {
    if (name === "other" || name.trim() === "") {
      throw new TypeError(`createConversationAgent.intents: "${name}" can't be the name of an intent`);
    }
    if (meaning.trim() === "")
      throw new TypeError(`createConversationAgent.intents.${name} is empty: tell what it means`);
  }
}
