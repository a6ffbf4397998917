import type { RunScope } from "@salesagent/core/graph";
import type { SessionMemory } from "@salesagent/core/memory";
import {
  type Clock,
  type EventSource,
  onAbort,
  SalesAgentError,
  type StreamControl,
  untilAborted,
} from "@salesagent/ports";
import type { SpeechToText } from "../ports/speech-to-text.js";
import type { TextToSpeech } from "../ports/text-to-speech.js";
import { invalidTurn, keepTurn, tooLong } from "./conversation-nodes.js";
import type { resolveLimits, TurnInput, TurnOptions } from "./conversation-options.js";
import type { ConversationGraph, ConversationInput, ConversationState } from "./conversation-state.js";
import { ConversationTurn } from "./conversation-turn.js";
import { LiveTurn, liveKey } from "./live-turn.js";
import { recordedSeconds } from "./recorded-seconds.js";
import type { TurnCompletedEvent, TurnEvent } from "./turn-event.js";

/** What turns are held with. */
export interface TurnLineInit {
  /** Runs turns of text, on the host's checkpointer where it has one. */
  readonly graph: ConversationGraph;
  readonly isKept: boolean;
  /** Runs turns with speech, in this process. */
  readonly lineGraph: ConversationGraph;
  /** The turns that somebody listens to, by tenant and id. */
  readonly live: Map<string, LiveTurn>;
  readonly memory: SessionMemory;
  readonly limits: ReturnType<typeof resolveLimits>;
  readonly clock: Clock;
  readonly createId: () => string;
  readonly transcriber: SpeechToText | undefined;
  readonly speaker: TextToSpeech | undefined;
  readonly voice: string | undefined;
  readonly language: string | undefined;
}

interface TurnWork {
  readonly id: string;
  readonly input: TurnInput;
  readonly options: TurnOptions;
  readonly live: LiveTurn;
}

/** Holds turns: one at a time in each thread. */
export class TurnLine<Intent extends string> {
  readonly #init: TurnLineInit;
  /** The last turn of each thread, until it is settled. */
  readonly #threads = new Map<string, { readonly live: LiveTurn; readonly settled: Promise<void> }>();

  constructor(init: TurnLineInit) {
    this.#init = init;
  }

  turn(input: TurnInput, options: TurnOptions): ConversationTurn<Intent> {
    for (const name of ["tenant", "threadId"] as const) {
      if (typeof options?.[name] === "string" && options[name] !== "") continue;
      throw new TypeError(`turn options.${name} must be a text that is not empty`);
    }
    if ("audio" in input && !this.#init.transcriber) {
      throw new TypeError("turn.audio: createConversationAgent needs a `transcriber` to hear it");
    }
    const id = options.turnId ?? this.#init.createId();
    let settled: Promise<void> = Promise.resolve();
    const open = (control: StreamControl): EventSource<TurnEvent<Intent>> => {
      const work = { id, input, options, live: this.#liveTurn(input, options) };
      onAbort(control.signal, () => work.live.leave(control.signal.reason));
      settled = this.#hold(work);
      settled.catch(() => {}); // told to who asks for it
      // Intents are those that the host named, and nothing else comes out of the schema.
      return work.live.channel as EventSource<TurnEvent<Intent>>;
    };
    return new ConversationTurn(id, open, () => settled, options.signal);
  }

  #liveTurn(input: TurnInput, { speak = true }: TurnOptions): LiveTurn {
    const { speaker, voice, language, clock, limits } = this.#init;
    const audio = "audio" in input ? input.audio : undefined;
    const speech = speaker && speak ? { speaker, voice, language } : undefined;
    return new LiveTurn({ audio, speech, clock, bufferBytes: limits.bufferBytes });
  }

  #hold(work: TurnWork): Promise<void> {
    const { live, options } = work;
    const thread = liveKey(options.tenant, options.threadId);
    const before = this.#threads.get(thread);
    const settled = this.#work(work, before).finally(() => {
      if (this.#threads.get(thread)?.live === live) this.#threads.delete(thread);
    });
    this.#threads.set(thread, { live, settled });
    return settled;
  }

  /** @throws What could not be kept of a turn that did not end well. */
  async #work(
    work: TurnWork,
    before: { readonly live: LiveTurn; readonly settled: Promise<void> } | undefined,
  ): Promise<void> {
    const { id, input, options, live } = work;
    const key = liveKey(options.tenant, id);
    let isEntered = false;
    try {
      this.#check(input, live);
      if (before) {
        before.live.cutOff(new DOMException("The next turn of the thread cut this one off.", "AbortError"));
        await untilAborted(
          before.settled.catch(() => {}),
          live.signal,
        ); // told to who asked for it
      }
      if (this.#init.live.has(key)) throw isHeld(id);
      this.#init.live.set(key, live);
      isEntered = true;
      const state = await this.#run(work);
      if (live.wasLeft) return;
      await this.#tellRest(live, state);
      await live.channel.push(completed(work, state));
      live.channel.end();
    } catch (error) {
      live.channel.end({ error: causeOf(error) });
      await this.#keepRest(work);
    } finally {
      if (isEntered) this.#init.live.delete(key);
    }
  }

  /** @throws `agent.input_invalid` */
  #check(input: TurnInput, live: LiveTurn): void {
    const { maxAudioBytes, maxAudioSeconds, maxTextChars } = this.#init.limits;
    if ("text" in input) {
      if (typeof input.text !== "string") throw invalidTurn("text", "it is no text");
      if (input.text.length <= maxTextChars) return;
      throw invalidTurn("text", `it has ${input.text.length} characters, and ${maxTextChars} are allowed`);
    }
    const { audio } = input;
    if (!(audio?.bytes instanceof Uint8Array)) throw invalidTurn("audio", "it has no bytes");
    if (audio.bytes.length > maxAudioBytes) {
      throw invalidTurn("audio", `it has ${audio.bytes.length} bytes, and ${maxAudioBytes} are allowed`);
    }
    live.heardSeconds = recordedSeconds(audio);
    if ((live.heardSeconds ?? 0) > maxAudioSeconds) throw tooLong(live.heardSeconds ?? 0, maxAudioSeconds);
  }

  async #run({ id, input, options, live }: TurnWork): Promise<ConversationState> {
    const { graph, lineGraph, isKept } = this.#init;
    const { tenant, threadId, subjects, leadId, campaignId } = options;
    const start: ConversationInput = {
      ...{ threadId, subjects: subjects && [...subjects], leadId, campaignId },
      ...("text" in input && { text: input.text }),
    };
    const begin = { runId: id, tenant, threadId };
    if (!isKept || live.audio || live.speech) return (await lineGraph.invoke(start, begin)).state;
    const waiting = new AbortController();
    const release = onAbort(live.signal, () => {
      // A node of this process ends by itself, and says how the turn ended.
      if (live.isInHand) return;
      waiting.abort(live.signal.reason);
      // Where it can't be told, another process only writes what nobody reads.
      graph.stop(id, { by: "reader", reason: "the reader left" }, { tenant }).catch(() => {});
    });
    const { signal } = waiting;
    try {
      const state =
        options.turnId === undefined ? undefined : await this.#goOn(id, threadId, { tenant, signal });
      return state ?? (await graph.invoke(start, { ...begin, signal })).state;
    } finally {
      release();
    }
  }

  /** What a turn comes to that was begun before; nothing for one that was not. */
  async #goOn(id: string, threadId: string, scope: RunScope): Promise<ConversationState | undefined> {
    const { graph } = this.#init;
    for (let seen: string | undefined; ; ) {
      const standing = await graph.getState(id, scope);
      if (!standing) return undefined;
      const { status, state } = standing;
      // An id may come from a client: what was said in another thread is not for their ears.
      if (state.threadId !== threadId) throw isElsewhere(id, status);
      if (status === "completed") return state;
      try {
        return (await (status === "failed" ? graph.retry(id, scope) : graph.resume(id, scope))).state;
      } catch (error) {
        // Somebody else went on with it meanwhile: it is looked at again, unless it stands as it stood.
        if (!SalesAgentError.is(error, "flow.wrong_state") || status === seen) throw error;
        seen = status;
      }
    }
  }

  /** What was done by another process, or before, is told now. */
  async #tellRest(live: LiveTurn, { transcript, intent, reply }: ConversationState): Promise<void> {
    if (live.transcript === undefined) {
      live.transcript = transcript;
      await live.tell({ type: "transcript", text: transcript });
      if (intent) await live.tell({ type: "intent", intent: intent.name, confidence: intent.confidence });
    }
    if (live.written === reply) return;
    if (live.written !== "") await live.restart("");
    await live.write(reply);
    await live.finish();
  }

  /** What the customer said, and heard, stands in the thread, however the turn ended; one that failed before it began does not. */
  async #keepRest({ id, input, options: { tenant, threadId }, live }: TurnWork): Promise<void> {
    const written = "text" in input && typeof input.text === "string" ? input.text.trim() : "";
    const { transcript = written } = live;
    const said = live.said();
    if (transcript === "" || (said === "" && !live.wasLeft)) return;
    await keepTurn(this.#init.memory, { tenant, threadId, runId: id, transcript, said, isCutOff: true });
  }
}

function completed(
  { id, options, live }: TurnWork,
  { transcript, intent, reply, outcome = "answered", costUsd }: ConversationState,
): TurnCompletedEvent {
  return {
    type: "turn-completed",
    ...{ turnId: id, threadId: options.threadId, outcome, transcript, text: reply },
    ...(intent && { intent }),
    latency: live.latency(),
    ...(costUsd !== null && { costUsd }),
    spokenCharacters: live.speech?.characters ?? 0,
    ...(live.heardSeconds !== undefined && { heardSeconds: live.heardSeconds }),
  };
}

/** Who listens is told what went wrong, and not in which node. */
function causeOf(error: unknown): unknown {
  return SalesAgentError.is(error, "graph.node_failed") && error.cause !== undefined ? error.cause : error;
}

function isElsewhere(runId: string, status: string): SalesAgentError<"flow.wrong_state"> {
  return new SalesAgentError("flow.wrong_state", {
    message: `The turn ${runId} belongs to another thread. Give each turn an id of its own.`,
    facts: { runId, status },
    replay: "safe",
  });
}

function isHeld(runId: string): SalesAgentError<"flow.wrong_state"> {
  return new SalesAgentError("flow.wrong_state", {
    message: `The turn ${runId} is being held by somebody else here. Wait for its end, or begin another.`,
    facts: { runId, status: "running" },
    replay: "safe",
  });
}
