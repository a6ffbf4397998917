import { untilAborted } from "@salesagent/ports";
import type { TextToSpeech } from "../ports/text-to-speech.js";
import { malformed } from "../services/service-call.js";
import { isSpeakable, SentenceSplitter } from "./sentence-splitter.js";
import type { TurnChannel } from "./turn-channel.js";
import type { ReplyAudioEvent } from "./turn-event.js";

/** How a reply is spoken. */
export interface SpokenReplyInit {
  readonly speaker: TextToSpeech;
  readonly voice: string | undefined;
  readonly language: string | undefined;
  readonly channel: Pick<TurnChannel<ReplyAudioEvent>, "push">;
  /** Ends the speech. */
  readonly signal: AbortSignal;
  /** Told what went wrong, once. */
  readonly onFailure: (error: unknown) => void;
  /** Told when the reader takes the first piece. */
  readonly onFirstGiven: () => void;
}

interface Sentence {
  readonly text: string;
  /** Pieces of audio that were made, and those of them that the reader took. */
  made: number;
  given: number;
  isWhole: boolean;
}

/** Sentences that may wait for the speaker; the model waits while there are as many. */
const MAX_WAITING = 8;

/** Speaks a reply while it is written: sentence by sentence, in order, and knows which of them were heard. */
export class SpokenReply {
  readonly #init: SpokenReplyInit;
  #splitter = new SentenceSplitter();
  readonly #sentences: Sentence[] = [];
  readonly #waiting: Sentence[] = [];
  #speaking: Promise<void> | undefined;
  #roomMade: (() => void) | undefined;
  #anyGiven = false;
  /** Grows when what is being spoken is withdrawn. */
  #edition = 0;
  /** What the speaker was given, in characters. */
  characters = 0;

  constructor(init: SpokenReplyInit) {
    this.#init = init;
  }

  /** Takes in what is written next, and waits where speech is too far behind. */
  async write(text: string): Promise<void> {
    for (const sentence of this.#splitter.push(text)) await this.#say(sentence);
  }

  /** What was written last is a whole sentence, such as before a tool is called. */
  async pause(): Promise<void> {
    for (const sentence of this.#splitter.flush()) await this.#say(sentence);
  }

  /** Resolves when all audio is made and on its way to the reader. */
  async finish(): Promise<void> {
    await this.pause();
    while (this.#speaking) await this.#speaking;
  }

  /** Takes back what no audio was made of yet; the rest is said to its end. @returns What stands. */
  withdraw(): string {
    this.#edition++;
    this.#splitter = new SentenceSplitter();
    this.#waiting.length = 0;
    this.#roomMade?.();
    this.#sentences.length = 1 + this.#sentences.findLastIndex(({ made }) => made > 0);
    return this.#sentences.map(({ text }) => text).join("");
  }

  /** The sentences that the reader was given all audio of. */
  heard(): string {
    const first = this.#sentences.findIndex(({ isWhole, given, made }) => !isWhole || given < made);
    const heard = first < 0 ? this.#sentences : this.#sentences.slice(0, first);
    return heard.map(({ text }) => text).join("");
  }

  async #say(text: string): Promise<void> {
    const sentence: Sentence = { text, made: 0, given: 0, isWhole: !isSpeakable(text) };
    this.#sentences.push(sentence);
    if (sentence.isWhole) return;
    this.#waiting.push(sentence);
    this.#speaking ??= this.#speak();
    while (this.#waiting.length >= MAX_WAITING && !this.#init.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#roomMade = resolve;
      });
    }
  }

  /** Never rejects. Is over as soon as nothing waits: what is said a moment later begins anew. */
  async #speak(): Promise<void> {
    try {
      for (;;) {
        const sentence = this.#waiting.shift();
        if (!sentence) return;
        this.#roomMade?.();
        await this.#speakSentence(sentence);
      }
    } catch (error) {
      this.#waiting.length = 0;
      this.#roomMade?.();
      this.#init.onFailure(error);
    } finally {
      this.#speaking = undefined;
    }
  }

  async #speakSentence(sentence: Sentence): Promise<void> {
    const { speaker, voice, language, signal } = this.#init;
    const edition = this.#edition;
    const text = sentence.text.trim();
    this.characters += text.length;
    const pieces = speaker.speak(text, { voice, language, signal })[Symbol.asyncIterator]();
    try {
      for (;;) {
        const step = await untilAborted(pieces.next(), signal);
        if (edition !== this.#edition && sentence.made === 0) return;
        if (step.done) break;
        await this.#give(sentence, step.value);
      }
    } finally {
      pieces.return?.().catch(() => {}); // not awaited: a service that hangs must not hold us
    }
    if (sentence.made === 0) throw malformed({ service: speaker.provider }, "holds no audio");
    sentence.isWhole = true;
  }

  async #give(sentence: Sentence, bytes: Uint8Array): Promise<void> {
    const { channel, speaker, onFirstGiven } = this.#init;
    sentence.made++;
    const { format } = speaker;
    const event = { type: "audio", bytes, format, sentence: this.#sentences.indexOf(sentence) } as const;
    await channel.push(event, bytes.length, () => {
      sentence.given++;
      if (this.#anyGiven) return;
      this.#anyGiven = true;
      onFirstGiven();
    });
  }
}
