import type {
  AttemptGuard,
  BreakerStore,
  Clock,
  ErrorCode,
  EventBus,
  LanguageModel,
  ModelTimeouts,
  Storage,
} from "@salesagent/ports";
import type { BudgetOptions } from "../budget/budget-options.js";
import type { Budgets } from "../budget/budgets.js";
import type { Policy } from "./policy.js";

/** One model that a router may choose. */
export interface CandidateOptions {
  readonly model: LanguageModel;
  /** Its name in decisions and health reports. @defaultValue `provider/modelId` */
  readonly id?: string | undefined;
  /** Kinds of work that it is meant for, such as `qualification`. @defaultValue by provider, see `TASK_PREFERENCES` */
  readonly tasks?: readonly string[] | undefined;
  /** 0–1, in the host's judgement. @defaultValue by the order of the candidates: the first is the best */
  readonly quality?: number | undefined;
  /** Expected time to the first token, until there are measurements. @defaultValue 1_000 */
  readonly firstTokenMs?: number | undefined;
  /** Expected speed, until there are measurements. @defaultValue 60 */
  readonly tokensPerSecond?: number | undefined;
  /** Most calls at once; a full candidate is passed over. @defaultValue Infinity */
  readonly maxRunning?: number | undefined;
  /** The key's own limits, where the vendor's headers don't tell them. */
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  /** Time limits of its attempts; they win over the router's and the call's. */
  readonly timeouts?: ModelTimeouts | undefined;
}

/** How often a call goes round its candidates once more when all of them failed. */
export interface RouterRetryOptions {
  /** Rounds after the first. @defaultValue 3 */
  readonly retries?: number | undefined;
  /** The first wait at most, in milliseconds; it doubles each time, with full jitter. @defaultValue 2_000 */
  readonly baseMs?: number | undefined;
  /** The longest wait of the router's own choosing. @defaultValue 60_000 */
  readonly capMs?: number | undefined;
  /** The longest wait that a vendor may ask for; for a longer one the call ends at once. @defaultValue 60_000 */
  readonly maxWaitMs?: number | undefined;
}

/** When a candidate's breaker opens. */
export interface RouterBreakerOptions {
  /** Share of failed attempts, 0–1. @defaultValue 0.5 */
  readonly errorShare?: number | undefined;
  /** Fewer attempts in the window open nothing. @defaultValue 5 */
  readonly minCalls?: number | undefined;
  /** @defaultValue 30_000 */
  readonly windowMs?: number | undefined;
  /** From the opening to the probe. @defaultValue 30_000 */
  readonly resetMs?: number | undefined;
  /** The same for a key that is refused or out of quota. @defaultValue 300_000 */
  readonly quotaResetMs?: number | undefined;
  /** Shares the state with other processes. */
  readonly shared?: { readonly store: BreakerStore; readonly owner: string } | undefined;
}

/** Asks a second candidate when the first is slower to begin than usual. */
export interface HedgeOptions {
  /** Of the candidate's recent times to the first token. @defaultValue 0.95 */
  readonly percentile?: number | undefined;
  /** Answers that must have been measured before; until then nothing is hedged. @defaultValue 20 */
  readonly minSamples?: number | undefined;
  /** In place of the percentile: a fixed delay in milliseconds. */
  readonly afterMs?: number | undefined;
}

/** What a router is made with. */
export interface RouterOptions {
  /** At least one. Their order decides between equals. */
  readonly candidates: readonly (LanguageModel | CandidateOptions)[];
  /** @defaultValue "fastest" */
  readonly policy?: Policy | undefined;
  /**
   * What happens when an answer breaks off in the middle. `restart`: another model writes it anew, and readers are told to
   * drop what came. `continue`: a model that can goes on where the text broke off; where none can, as `restart`.
   *
   * @defaultValue "restart"
   */
  readonly takeover?: "restart" | "continue" | undefined;
  readonly retry?: RouterRetryOptions | undefined;
  readonly breaker?: RouterBreakerOptions | undefined;
  /** @defaultValue no hedging */
  readonly hedge?: HedgeOptions | undefined;
  /** Time limits of each attempt; `totalMs` is for the whole call. */
  readonly timeouts?: ModelTimeouts | undefined;
  /** More error codes after which another candidate is tried, such as `model.content_filtered`. @defaultValue none */
  readonly reroute?: readonly ErrorCode[] | undefined;
  /** Caps that all calls of the router are held to. A list is counted in `storage`. @defaultValue none */
  readonly budgets?: Budgets | readonly BudgetOptions[] | undefined;
  /** Where a list of `budgets` is counted: one that is shared caps all processes together. */
  readonly storage?: Storage | undefined;
  /** Asked before each attempt, besides the budgets. @defaultValue none */
  readonly guards?: readonly AttemptGuard[] | undefined;
  /** What a budget's refusal of one candidate means: the call ends, or a candidate that fits is tried. @defaultValue "error" */
  readonly whenOverBudget?: "error" | "cheaper" | undefined;
  /** `local`: no prompt leaves the host's own machines. */
  readonly locality?: "local" | undefined;
  /** Told of breakers that open and close. */
  readonly events?: EventBus | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Jitter source in [0, 1). @defaultValue Math.random */
  readonly random?: (() => number) | undefined;
}
