import type {
  AttemptGuard,
  Clock,
  EmbeddingModel,
  JobEngine,
  LanguageModel,
  Message,
  ModelRequest,
  Storage,
} from "@salesagent/ports";

/** How much of a thread is told, and when it is summarised. Tokens are those of `countTokens`. */
export interface WindowOptions {
  /** The most that is told of a thread, its summary and facts included; whole number ≥ 500. @defaultValue 16_000 */
  readonly maxTokens?: number | undefined;
  /** The most messages that are told as they were said; whole number, 1–1,000. @defaultValue 200 */
  readonly maxMessages?: number | undefined;
  /**
   * With a summariser: what was said since the last summary is summarised when it takes more than this, or does not fit.
   *
   * @defaultValue half of `maxTokens`
   */
  readonly summariseAboveTokens?: number | undefined;
  /** How much of the latest is left out of a summary, in whole turns. @defaultValue half of `summariseAboveTokens` */
  readonly keepTokens?: number | undefined;
  /**
   * Tokens of one message, from 0. @defaultValue an estimate that is rather too high: see `estimateTokens`
   */
  readonly countTokens?: ((message: Message) => number) | undefined;
}

/** How summaries are written. */
export interface SummaryOptions {
  /** What the summariser is told of its task. @defaultValue instructions for sales conversations */
  readonly instructions?: string | undefined;
  /**
   * The longest summary, in tokens as it is told; what is longer is cut after a sentence. From 100 to half of `window.maxTokens`.
   *
   * @defaultValue 600, or an eighth of `window.maxTokens` if that is less
   */
  readonly maxTokens?: number | undefined;
  /** How long one call of the summariser may take, in milliseconds. @defaultValue 30_000 */
  readonly timeoutMs?: number | undefined;
  /** Further fields of each request, such as `reasoning`. */
  readonly request?: Omit<ModelRequest, "messages" | "tools" | "output"> | undefined;
}

/** How facts are told and found. */
export interface FactOptions {
  /** The most that a context tells of facts, in tokens, and never more than a quarter of it. @defaultValue an eighth of `window.maxTokens` */
  readonly maxTokens?: number | undefined;
  /** Facts that are less like a query than this are not found by meaning; −1 to 1. @defaultValue 0.3 */
  readonly minSimilarity?: number | undefined;
  /** How long the embeddings may take, in milliseconds. @defaultValue 5_000 */
  readonly timeoutMs?: number | undefined;
  /** Length of the vectors, for models that can shorten them. @defaultValue the model's */
  readonly dimensions?: number | undefined;
}

/** What was tried that a memory can do without. */
export type MemoryStep = "summarise" | "embed";

/** What a memory is made with. */
export interface MemoryOptions {
  /** Where threads and facts are kept. */
  readonly storage: Storage;
  /** Writes the summaries; without one, what does not fit is left out. */
  readonly summariser?: LanguageModel | undefined;
  /** Lets facts be found by their meaning. */
  readonly embeddings?: EmbeddingModel | undefined;
  /** Queues that `forget` searches too. */
  readonly jobs?: readonly JobEngine[] | undefined;
  /** Asked before each attempt at a model, such as budgets and a ledger. An agent adds its own. */
  readonly guards?: readonly AttemptGuard[] | undefined;
  readonly window?: WindowOptions | undefined;
  readonly summary?: SummaryOptions | undefined;
  readonly facts?: FactOptions | undefined;
  /** Told what failed that was done without. */
  readonly onError?: ((error: unknown, step: MemoryStep) => void) | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Makes ids of facts and audit records. @defaultValue UUIDs of version 7, which sort by time */
  readonly createId?: (() => string) | undefined;
}
