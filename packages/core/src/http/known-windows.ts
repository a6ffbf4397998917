import type { Clock, RateBudgetStore, RateWindow } from "@salesagent/ports";
import type { BudgetWindow, RateNews } from "./rate-budget.js";
import type { RateFact } from "./rate-facts.js";

/** What a store is told. */
export type ToldWindow = Omit<Parameters<RateBudgetStore["learn"]>[0], "key">;

/** The longest window that a store keeps, in milliseconds. */
const LONGEST_WINDOW_MS = 604_800_000;
/** Where nothing is known of a limit, a refusal holds this long, in milliseconds. */
const UNKNOWN_BLOCK_MS = 2_000;
/** A refusal that does not say how long it holds is over with its window, or after this, in milliseconds. */
const LONGEST_GUESS_MS = 10_000;
/** Holds what a service refuses where no limit of it is known. */
const REFUSALS: BudgetWindow = { name: "refusals", limit: 1_000_000, windowMs: 1_000 };

/** The windows of one credential: those that were set, and those that answers told of. */
export class KnownWindows {
  readonly #clock: Clock;
  readonly #marginMs: number;
  readonly #set: BudgetWindow[];
  /** By name. */
  readonly #told = new Map<string, BudgetWindow>();
  /** By name of the window: when the store was told last, by `elapsed()`, and what. */
  readonly #lastTold = new Map<string, { readonly atMs: number; readonly remaining: number }>();

  constructor({
    windows,
    marginMs,
    clock,
  }: {
    readonly windows: readonly BudgetWindow[];
    readonly marginMs: number;
    readonly clock: Clock;
  }) {
    this.#clock = clock;
    this.#marginMs = marginMs;
    this.#set = [...windows];
  }

  /** The windows that a call of this group counts against, as the store keeps them. */
  of(group: string | undefined): RateWindow[] {
    return this.#applying(group).map((window) => this.#kept(window));
  }

  /** How many calls of a group may get leave at once. */
  mostCalls(group: string | undefined, share: number): number {
    return Math.min(...this.#applying(group).map(({ limit }) => Math.floor(limit * share)));
  }

  /**
   * Takes in what an answer told.
   *
   * @returns What the store should be told: refusals, and limits that run out. The rest it counts by itself.
   */
  learn({ group, facts, refused }: RateNews): ToldWindow[] {
    const told: ToldWindow[] = [];
    for (const fact of facts.map(wholeNumbers)) {
      const window = this.#windowOf(group, fact);
      if (!window) continue;
      const news = this.#newsOf(window, fact);
      if (news) told.push(news);
    }
    if (refused) told.push(...this.#refusals(group, refused));
    return told;
  }

  #applying(group: string | undefined): BudgetWindow[] {
    return [...this.#set, ...this.#told.values()].filter((window) => applies(window, group));
  }

  #kept({ name, limit, windowMs }: BudgetWindow): RateWindow {
    return { name, limit, windowMs: Math.min(LONGEST_WINDOW_MS, Math.ceil(windowMs + this.#marginMs)) };
  }

  /** The window that a fact is about, with its limit as it is told now; a new one where there is none yet. */
  #windowOf(group: string | undefined, fact: RateFact): BudgetWindow | undefined {
    const index = this.#set.findIndex((window) => applies(window, group) && isAbout(window, fact));
    const found = this.#set[index] ?? this.#onlySet(group, fact);
    if (!found) return this.#toldWindow(group, fact);
    const { limit } = fact;
    if (limit === undefined || limit < 1 || limit === found.limit) return found;
    if (limit > found.limit && !found.raise) return found;
    const changed = { ...found, limit };
    this.#set[this.#set.indexOf(found)] = changed;
    return changed;
  }

  /** A fact without a name is about the group's own window, where it has only one, or else about the only one. */
  #onlySet(group: string | undefined, { window, windowMs }: RateFact): BudgetWindow | undefined {
    if (window !== "default" || windowMs !== undefined) return undefined;
    const applying = this.#set.filter((each) => applies(each, group));
    const own = applying.filter(({ groups }) => groups !== undefined);
    const [only, ...more] = own.length > 0 ? own : applying;
    return more.length === 0 ? only : undefined;
  }

  #toldWindow(group: string | undefined, fact: RateFact): BudgetWindow | undefined {
    const name = `${group ?? ""}/${fact.window}`.slice(0, 100);
    const known = this.#told.get(name);
    const limit = fact.limit ?? known?.limit;
    // One that does not tell its length is at least as long as it takes to be whole again.
    const windowMs = fact.windowMs ?? Math.max(known?.windowMs ?? 1_000, fact.resetMs ?? 0);
    if (limit === undefined || limit < 1 || windowMs < 1 || windowMs > LONGEST_WINDOW_MS) return undefined;
    const isForAll = group === undefined;
    const window = { name, limit, windowMs, groups: isForAll ? [] : [group] };
    this.#told.set(name, window);
    return window;
  }

  #newsOf(window: BudgetWindow, { remaining, resetMs }: RateFact): ToldWindow | undefined {
    if (remaining === undefined || remaining > window.limit / 2) return undefined;
    const atMs = this.#clock.elapsed();
    const last = this.#lastTold.get(window.name);
    const isRecent = last !== undefined && atMs - last.atMs < window.windowMs / 20;
    if (isRecent && (remaining > 0 || last.remaining === 0)) return undefined;
    this.#lastTold.set(window.name, { atMs, remaining });
    return { window: this.#kept(window), remaining, ...(resetMs === undefined ? {} : { resetMs }) };
  }

  #refusals(group: string | undefined, { waitMs, windows }: NonNullable<RateNews["refused"]>): ToldWindow[] {
    const applying = this.#applying(group);
    const named = applying.filter(({ name }) => windows?.includes(name));
    const about = named.length > 0 ? named : [this.#mostLikely(applying)];
    return about.map((window) => ({
      window: this.#kept(window),
      blockedMs: toBlockedMs(waitMs ?? Math.min(window.windowMs, LONGEST_GUESS_MS)),
    }));
  }

  /** The group's own shortest window, else the shortest; one that only holds refusals where none is known. */
  #mostLikely(applying: readonly BudgetWindow[]): BudgetWindow {
    const own = applying.filter(({ groups }) => groups !== undefined);
    const [shortest] = (own.length > 0 ? own : [...applying]).sort((a, b) => a.windowMs - b.windowMs);
    if (shortest) return shortest;
    const holder = { ...REFUSALS, windowMs: UNKNOWN_BLOCK_MS };
    this.#told.set(holder.name, holder);
    return holder;
  }
}

/** Nobody is held back for longer than a week, whatever was told: a slip in a header must not end a credential's use. */
function toBlockedMs(waitMs: number): number {
  return Math.min(LONGEST_WINDOW_MS, Math.max(1, Math.ceil(waitMs)));
}

/** What an adapter's own reader told, without what is no amount; times are rounded up, amounts down. */
function wholeNumbers(fact: RateFact): RateFact {
  const { window, limit, remaining, resetMs, windowMs } = fact;
  return {
    window,
    ...(isAmount(limit) ? { limit: Math.floor(limit) } : {}),
    ...(isAmount(remaining) ? { remaining: Math.floor(remaining) } : {}),
    ...(isAmount(resetMs) ? { resetMs: Math.ceil(resetMs) } : {}),
    ...(isAmount(windowMs) ? { windowMs: Math.ceil(windowMs) } : {}),
  };
}

const isAmount = (value: number | undefined): value is number =>
  value !== undefined && value >= 0 && value <= Number.MAX_SAFE_INTEGER;

/** A window of no groups is for calls that have none. */
function applies({ groups, except }: BudgetWindow, group: string | undefined): boolean {
  if (groups) return group === undefined ? groups.length === 0 : groups.includes(group);
  return group === undefined || except?.includes(group) !== true;
}

function isAbout(window: BudgetWindow, fact: RateFact): boolean {
  if (window.told !== undefined) return window.told === fact.window;
  return window.name === fact.window || (fact.windowMs !== undefined && window.windowMs === fact.windowMs);
}
