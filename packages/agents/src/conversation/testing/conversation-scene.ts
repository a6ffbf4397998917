import { manualClock } from "@salesagent/conformance";
import { type ScriptedReply, scriptedModel } from "@salesagent/core/scripted-model";
import { memoryStorage } from "@salesagent/storage-memory";
import type { RecordedAudio } from "../../ports/speech-to-text.js";
import type { TextToSpeech } from "../../ports/text-to-speech.js";
import { rehearsalSpeech, rehearsalTranscriber } from "../../rehearsal/rehearsal-speech.js";
import { createConversationAgent } from "../conversation-agent.js";
import type { ConversationOptions } from "../conversation-options.js";
import type { ConversationTurn } from "../conversation-turn.js";
import type { TurnEvent } from "../turn-event.js";

export const tenant = "acme";
export const threadId = "call-7";

/** A customer on the line, and what stands in their thread. */
export function conversationScene<Intent extends string = never>(
  script: readonly ScriptedReply[],
  given: Partial<ConversationOptions<Intent>> = {},
) {
  const { clock = manualClock() } = given;
  const storage = memoryStorage({ clock });
  const model = scriptedModel(script);
  const newAgent = (more: Partial<ConversationOptions<Intent>> = {}) =>
    createConversationAgent<Intent>({
      ...{ model, storage, clock },
      instructions: "You answer calls for Acme.",
      transcriber: rehearsalTranscriber(),
      ...given,
      ...more,
    });
  const messages = async () => (await storage.tenant(tenant).messages.list(threadId)).items;
  /** Who said what, and whether they were cut off. */
  const thread = async () =>
    (await messages()).map(({ message: { role, parts } }) => {
      const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
      return JSON.stringify(parts).includes('"cutOff":true')
        ? `${role}: ${text} [cut off]`
        : `${role}: ${text}`;
    });
  return { storage, model, newAgent, agent: newAgent(), messages, thread };
}

/** What a customer says into the microphone. */
export async function recorded(text: string): Promise<RecordedAudio> {
  const pieces: Uint8Array[] = [];
  for await (const piece of rehearsalSpeech().speak(text)) pieces.push(piece);
  return { bytes: joined(pieces), mimeType: "audio/l16;rate=16000" };
}

/** A speaker that says which sentences it was given. */
export function noted(speaker: TextToSpeech = rehearsalSpeech()) {
  const sentences: string[] = [];
  const noting: TextToSpeech = {
    ...speaker,
    speak: (text, options) => {
      sentences.push(text);
      return speaker.speak(text, options);
    },
  };
  return { speaker: noting, sentences };
}

/** What the audio of each sentence says. */
export async function heard(events: readonly TurnEvent[]): Promise<string[]> {
  const pieces: Uint8Array[][] = [];
  for (const event of events) {
    if (event.type !== "audio") continue;
    if (event.sentence < 0) throw new Error("audio of no sentence");
    pieces[event.sentence] ??= [];
    pieces[event.sentence]?.push(event.bytes);
  }
  const texts = pieces.map((own) =>
    rehearsalTranscriber().transcribe({ bytes: joined(own), mimeType: "audio/l16" }),
  );
  return (await Promise.all(texts)).map(({ text }) => text);
}

export async function eventsOf<Intent extends string>(
  turn: ConversationTurn<Intent>,
): Promise<TurnEvent<Intent>[]> {
  const events: TurnEvent<Intent>[] = [];
  for await (const event of turn) events.push(event);
  return events;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(pieces.flatMap((piece) => [...piece]));
}
