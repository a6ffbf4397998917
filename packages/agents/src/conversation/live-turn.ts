import type { Clock } from "@salesagent/ports";
import type { RecordedAudio } from "../ports/speech-to-text.js";
import type { TextToSpeech } from "../ports/text-to-speech.js";
import { SpokenReply } from "./spoken-reply.js";
import { TurnChannel } from "./turn-channel.js";
import type { ReplyAudioEvent, TurnEvent, TurnLatency } from "./turn-event.js";

/** What a turn has that no checkpoint can keep: who listens, and what they were given. */
export interface LiveTurnInit {
  readonly audio: RecordedAudio | undefined;
  /** Absent where the reply is text alone. */
  readonly speech:
    | {
        readonly speaker: TextToSpeech;
        readonly voice: string | undefined;
        readonly language: string | undefined;
      }
    | undefined;
  readonly clock: Clock;
  /** What may be made ahead of the reader, in bytes and characters. */
  readonly bufferBytes: number;
}

/** Finds a turn among those that somebody listens to. */
export const liveKey = (tenant: string, turnId: string): string => JSON.stringify([tenant, turnId]);

type Mark = Exclude<keyof TurnLatency, "totalMs">;

/** A turn that somebody is listening to. */
export class LiveTurn {
  readonly audio: RecordedAudio | undefined;
  readonly channel: TurnChannel<TurnEvent>;
  readonly speech: SpokenReply | undefined;
  /** What the customer said, once it is known. */
  transcript: string | undefined;
  heardSeconds: number | undefined;
  /** Whether a node of this process works on it. */
  isInHand = false;
  /** The reply's text that was told so far. */
  written = "";
  readonly #clock: Clock;
  readonly #startedMs: number;
  readonly #marks: Partial<Record<Mark, number>> = {};
  readonly #controller = new AbortController();
  #wasLeft = false;
  /** The reply's text that the reader was given. */
  #given = "";

  constructor({ audio, speech, clock, bufferBytes }: LiveTurnInit) {
    this.audio = audio;
    this.channel = new TurnChannel(bufferBytes);
    this.#clock = clock;
    this.#startedMs = clock.elapsed();
    this.speech =
      speech &&
      new SpokenReply({
        ...speech,
        channel: this.channel as TurnChannel<ReplyAudioEvent | TurnEvent>,
        signal: this.signal,
        onFailure: (error) => this.#fail(error),
        onFirstGiven: () => this.mark("firstAudioMs"),
      });
  }

  /** Ends model and speech. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the reader left before the end. */
  get wasLeft(): boolean {
    return this.#wasLeft;
  }

  /** The reader leaves. */
  leave(reason: unknown): void {
    if (this.signal.aborted) return;
    this.#wasLeft = true;
    this.#controller.abort(reason);
  }

  /** The reader is cut off. */
  cutOff(reason: unknown): void {
    this.leave(reason);
    this.channel.end({ error: reason });
  }

  /** Puts down when something happened first. */
  mark(name: Mark): void {
    this.#marks[name] ??= this.#clock.elapsed() - this.#startedMs;
  }

  latency(): TurnLatency {
    return { ...this.#marks, totalMs: this.#clock.elapsed() - this.#startedMs };
  }

  /** Tells the reader, and waits while they are too far behind. */
  async tell(event: TurnEvent): Promise<void> {
    await this.channel.push(event);
  }

  /** Writes on the reply. */
  async write(text: string): Promise<void> {
    this.mark("firstTextMs");
    this.written += text;
    await this.channel.push({ type: "text-delta", text }, text.length, () => {
      this.#given += text;
    });
    await this.speech?.write(text);
  }

  /** Another model writes anew what came after `before`. @returns What stands, which the new text follows. */
  async restart(before: string): Promise<string> {
    const text = this.speech ? this.speech.withdraw() : before;
    this.written = text;
    await this.channel.push({ type: "restart", text }, text.length, () => {
      this.#given = text;
    });
    return text;
  }

  /** Resolves when the reader has been given all of the reply. @throws What ended the turn. */
  async finish(): Promise<void> {
    await this.speech?.finish();
    await this.channel.drained();
    this.signal.throwIfAborted();
  }

  /** What of the reply the customer has: the sentences that were spoken, or the text that was read. */
  said(): string {
    return this.speech ? this.speech.heard() : this.#given;
  }

  /** Speech failed, which ends the turn: a reply that is half spoken is none. */
  #fail(error: unknown): void {
    this.#controller.abort(error);
  }
}
