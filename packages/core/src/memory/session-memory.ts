import type {
  AttemptGuard,
  CallOptions,
  CallScope,
  FactRecord,
  JsonObject,
  Message,
  PersonalRecords,
  PersonQuery,
  ThreadSummary,
} from "@salesagent/ports";

/** Whose memory a call is about. */
export interface MemoryCall extends CallOptions {
  readonly tenant: string;
}

/** A call that may ask models: the summariser, or the embeddings. */
export interface MemoryModelCall extends MemoryCall {
  /** Asked before each attempt at a model, after the memory's own. */
  readonly guards?: readonly AttemptGuard[] | undefined;
  /** What the attempts are for. The tenant is the call's. */
  readonly scope?: CallScope | undefined;
}

/** Which facts are wanted. */
export interface FactWish {
  /** Only what is known of it, such as `person:bo@figma.example`. @defaultValue whatever it is about */
  readonly subject?: string | undefined;
  /** Only what was learnt in this conversation. */
  readonly threadId?: string | undefined;
  /** Only what has to do with this text, the nearest first: by meaning where there are embeddings, and by words. */
  readonly query?: string | undefined;
  /** Whole number, 1–100. @defaultValue 20 */
  readonly limit?: number | undefined;
}

/** A fact to keep. */
export interface NewFact {
  /** Takes the place of the fact of this id. @defaultValue a new one */
  readonly id?: string | undefined;
  /** Whom or what it is about, such as `person:bo@figma.example`; 1–400 characters. */
  readonly subject: string;
  /** One sentence, 1–10,000 characters. */
  readonly text: string;
  /** The conversation that it was learnt in. */
  readonly threadId?: string | undefined;
  /** ISO 8601 in UTC; from then on it is not found. */
  readonly expiresAt?: string | undefined;
  readonly data?: JsonObject | undefined;
}

/** What is wanted of a thread. */
export interface ContextRequest extends MemoryModelCall {
  /** The most tokens that may be told, by `window.countTokens`. @defaultValue `window.maxTokens`, which is a ceiling too */
  readonly maxTokens?: number | undefined;
  /** What to tell of what is known: all of the subjects, and what has to do with the query. @defaultValue no facts */
  readonly facts?:
    | { readonly subjects?: readonly string[] | undefined; readonly query?: string | undefined }
    | undefined;
  /** Leaves out what this run added, such as when it is begun again. */
  readonly exceptRunId?: string | undefined;
}

/** What a model is told of a thread. */
export interface MemoryContext {
  /**
   * What stands between the instructions and what is new: the summary, the latest messages, the facts. The summary and the facts
   * are messages of origin `external`: data, whatever they say. Empty where there is nothing to tell.
   */
  readonly messages: readonly Message[];
  /** The summary that was told; absent when there is none, or no room for it. */
  readonly summary?: ThreadSummary;
  /** The facts that were told. */
  readonly facts: readonly FactRecord[];
  /** Tokens of `messages`, as they were counted. */
  readonly tokens: number;
  /** Messages of the thread so far. */
  readonly length: number;
  /** Index of the first message that is told as it was said; `length` when none is. */
  readonly from: number;
  /** Messages that are told neither as they were said nor in the summary. */
  readonly droppedMessages: number;
}

/** What was erased. */
export interface ForgetReport {
  /** Records that were changed or dropped, by store; `jobs` are those of the job engines. */
  readonly stores: readonly PersonalRecords[];
  /** Id of the audit record, which names neither the person nor their threads and leads. */
  readonly auditId: string;
}

/** Conversations and facts of all tenants, as agents need them. */
export interface SessionMemory {
  /** Tokens of a message, as this memory counts them. */
  readonly countTokens: (message: Message) => number;
  /**
   * What to tell a model of a thread. Where what was said since the last summary has grown past its limits, it is summarised
   * first. A summariser that fails fails nothing: the older messages are left out, which `droppedMessages` and `onError` tell.
   *
   * @throws RangeError naming the option that is wrong; what the storage throws; the signal's reason.
   */
  context(threadId: string, request: ContextRequest): Promise<MemoryContext>;
  /**
   * Adds what was said to a thread's end, all or none. Reasoning that no tool call depends on is not kept.
   *
   * @param call.runId - The run that it belongs to.
   * @param call.once - Adds nothing when the run's messages are among the last 200 of the thread already, such as for work that
   * is begun again. @defaultValue false
   * @returns False when nothing was added.
   * @throws TypeError for a system message: instructions are the agent's, and not a part of what is said; `transcript.invalid`
   * where a tool call and its result are not added together; what the storage throws.
   */
  append(
    threadId: string,
    messages: readonly Message[],
    call: MemoryCall & { readonly runId?: string | undefined; readonly once?: boolean | undefined },
  ): Promise<boolean>;
  /**
   * Keeps facts, all or none. Embeddings that fail fail nothing: these facts are found by their words alone, which `onError`
   * tells.
   *
   * @returns The facts as they are kept.
   * @throws What the storage throws, such as `store.invalid` for a text that is too long.
   */
  remember(
    facts: readonly NewFact[],
    call: MemoryModelCall & { readonly runId?: string | undefined },
  ): Promise<readonly FactRecord[]>;
  /** Finds facts: with a query the nearest first, else the latest. By words alone, the latest 1,000 are looked at. */
  recall(wish: FactWish, call: MemoryModelCall): Promise<readonly FactRecord[]>;
  /** Drops facts. Passes over ids that are not there. */
  removeFacts(ids: readonly string[], call: MemoryCall): Promise<void>;
  /**
   * Summarises what was said since the last summary, but for the latest messages (`window.keepTokens`); for hosts that do it
   * between two turns, such as by a job, so that no reader waits for it.
   *
   * @returns The summary that stands then; absent where there is none.
   * @throws TypeError without a summariser; what it or the storage throws. What was summarised until then stands.
   */
  summarise(threadId: string, call: MemoryModelCall): Promise<ThreadSummary | undefined>;
  /** What {@link SessionMemory.forget} would change, by store. Jobs can't be counted without discarding them. */
  find(person: PersonQuery, call: MemoryCall): Promise<readonly PersonalRecords[]>;
  /**
   * Erases a person: threads, facts and their vectors, runs, checkpoints, effects, cached answers, and jobs, dead ones too. What
   * runs meanwhile may name them again: call it once more when it has ended. One that was interrupted may be made again.
   *
   * @param call.by - Who asked for it, such as `user:42`, for the audit trail.
   * @throws TypeError when `by` names nobody; what the storage and the job engines throw, after it was put into the audit trail.
   */
  forget(person: PersonQuery, call: MemoryCall & { readonly by: string }): Promise<ForgetReport>;
}
