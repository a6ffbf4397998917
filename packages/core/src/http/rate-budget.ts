import {
  type CallOptions,
  type Clock,
  type RateBudgetStore,
  type RateWindow,
  systemClock,
} from "@salesagent/ports";
import { tell } from "../kernel/tell.js";
import { checkName, checkOption, checkSpan, checkWhole } from "../resilience/check-option.js";
import { KnownWindows } from "./known-windows.js";
import { localRateBudgetStore } from "./local-rate-budget-store.js";
import type { RateFact } from "./rate-facts.js";
import { RateLane } from "./rate-lane.js";

/** A limit of a service, and which calls count against it. */
export interface BudgetWindow extends RateWindow {
  /** Only calls of these groups count. @defaultValue all */
  readonly groups?: readonly string[] | undefined;
  /** Calls of these groups don't. @defaultValue none */
  readonly except?: readonly string[] | undefined;
  /** The name by which answers tell of it, as {@link RateFact.window}. @defaultValue its own name, or the same length */
  readonly told?: string | undefined;
  /** Takes over a higher limit that answers tell. A lower one always is. @defaultValue false */
  readonly raise?: boolean | undefined;
}

/** What a rate budget keeps to. */
export interface RateBudgetOptions {
  /** The credential, by a name or a hash of it, never itself; who gives the same name and store shares the limits. 1–400 characters. */
  readonly name: string;
  /** @defaultValue only what answers tell */
  readonly windows?: readonly BudgetWindow[] | undefined;
  /** The part of each window that bulk calls may fill, above 0 and at most 1; the rest is kept for interactive ones. @defaultValue 0.8 */
  readonly bulkShare?: number | undefined;
  /**
   * Windows are taken as longer by this, in milliseconds: a call arrives a little after it got leave, and each after another time.
   *
   * @defaultValue 50
   */
  readonly marginMs?: number | undefined;
  /** Shares the limits with other processes. @defaultValue this process keeps them */
  readonly store?: RateBudgetStore | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Is told when the store does not take in what an answer told. @defaultValue does nothing */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Who asks a rate budget for leave. */
export interface RateWant extends CallOptions {
  /** The group of endpoints; without one, only windows that are for all count. */
  readonly group?: string | undefined;
  /** `bulk` may fill only a part of each window. @defaultValue "interactive" */
  readonly priority?: "interactive" | "bulk" | undefined;
  /** The longest wait, in milliseconds. @defaultValue 60,000 */
  readonly maxWaitMs?: number | undefined;
}

/** What an answer told a rate budget. */
export interface RateNews {
  readonly group?: string | undefined;
  readonly facts: readonly RateFact[];
  /** Set for a 429: how long to wait, where that is known, and which windows it is about. */
  readonly refused?:
    | { readonly waitMs?: number | undefined; readonly windows?: readonly string[] | undefined }
    | undefined;
}

/** The rate limits of one credential, kept together by all who use it. */
export interface RateBudget {
  readonly name: string;
  /**
   * Waits for leave to make one call, first come first served among those of its group and priority.
   *
   * @returns How long it waited, in milliseconds.
   * @throws SalesAgentError `call.wait_too_long`, and nothing is taken; what the store throws; the signal's reason.
   */
  take(want?: RateWant): Promise<number>;
  /** Takes in what an answer told. It never fails and nobody waits for it. */
  learn(news: RateNews): void;
}

/**
 * Makes the rate budget of one credential. Calls get leave in all windows that they count against, so that in no span of a window's
 * length more are made than its limit, by whatever number of jobs and processes.
 *
 * @throws TypeError or RangeError naming the option that makes no sense.
 */
export function createRateBudget(options: RateBudgetOptions): RateBudget {
  const { name, windows = [], bulkShare = 0.8, marginMs = 50, clock = systemClock } = options;
  checkName("rateBudget.name", name);
  checkOption("rateBudget.bulkShare", bulkShare, "a number > 0 and ≤ 1", (it) => it > 0 && it <= 1);
  checkSpan("rateBudget.marginMs", marginMs, 0);
  windows.forEach((window, index) => {
    checkName(`rateBudget.windows[${index}].name`, window.name);
    checkWhole(`rateBudget.windows[${index}].limit`, window.limit, 1);
    checkWhole(`rateBudget.windows[${index}].windowMs`, window.windowMs, 1);
  });
  const { store = localRateBudgetStore({ clock }) } = options;
  return new CredentialBudget({ ...options, name, windows, bulkShare, marginMs, store, clock });
}

type BudgetSettings = RateBudgetOptions &
  Required<Pick<RateBudgetOptions, "name" | "windows" | "bulkShare" | "marginMs" | "store" | "clock">> & {
    readonly windows: readonly BudgetWindow[];
    readonly bulkShare: number;
    readonly marginMs: number;
    readonly store: RateBudgetStore;
    readonly clock: Clock;
  };

class CredentialBudget implements RateBudget {
  readonly name: string;
  readonly #settings: BudgetSettings;
  readonly #windows: KnownWindows;
  readonly #lanes = new Map<string, RateLane>();
  /** What was told and is not in the store yet. */
  #telling: Promise<void> = Promise.resolve();

  constructor(settings: BudgetSettings) {
    this.name = settings.name;
    this.#settings = settings;
    this.#windows = new KnownWindows(settings);
  }

  take(want: RateWant = {}): Promise<number> {
    const { group, priority = "interactive", maxWaitMs = 60_000, signal } = want;
    const key = `${priority}/${group ?? ""}`;
    let lane = this.#lanes.get(key);
    if (!lane) {
      const share = priority === "bulk" ? this.#settings.bulkShare : 1;
      lane = new RateLane({
        name: this.name,
        clock: this.#settings.clock,
        ask: (calls) => this.#ask(group, calls, share),
        mostCalls: () => this.#windows.mostCalls(group, share),
      });
      this.#lanes.set(key, lane);
    }
    return lane.take(maxWaitMs, signal);
  }

  learn(news: RateNews): void {
    for (const told of this.#windows.learn(news)) {
      this.#telling = this.#telling
        .then(() => this.#settings.store.learn({ key: this.name, ...told }))
        .catch((error: unknown) => tell(this.#settings.onError, error));
    }
  }

  async #ask(group: string | undefined, calls: number, share: number) {
    await this.#telling;
    const windows = this.#windows.of(group);
    if (windows.length === 0) return { granted: true } as const;
    return await this.#settings.store.take({ key: this.name, windows, calls, share });
  }
}
