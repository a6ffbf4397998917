import type { RecordKind, SyncRun } from "@salesagent/ports";
import { addCounts, noBatchCounts, noPageCounts } from "../counts.js";
import type { BatchCounts, PageCounts, SyncEvent } from "../sync-context.js";

/** What a sync is at. `backfill` and `changes` read the CRM, `app` the app; `links` brings the two together. */
export type SyncPhase = "backfill" | "changes" | "app" | "links";

/** Counts of one kind. */
export type KindCounts = PageCounts & BatchCounts;

/** What a run of a sync tells while it goes on. */
export type SyncProgress =
  | { readonly type: "started"; readonly syncId: string; readonly kinds: readonly RecordKind[] }
  | {
      readonly type: "progress";
      readonly phase: SyncPhase;
      readonly kind: RecordKind;
      /** Records of this kind that this phase has been through. */
      readonly done: number;
      /** How many there are in all, where the CRM says so. */
      readonly total?: number;
      readonly perSecond: number;
      /** Time left, in milliseconds, where `total` is known. */
      readonly leftMs?: number;
      /** What was done with this kind in all. */
      readonly counts: KindCounts;
    }
  | {
      readonly type: "braked";
      readonly kind: RecordKind;
      readonly removals: number;
      readonly of: number;
      readonly limit: number;
    }
  | { readonly type: "completed"; readonly run: SyncRun };

const noCounts = () => ({ ...noPageCounts(), ...noBatchCounts() });

interface PhaseState {
  readonly startedMs: number;
  done: number;
  total: number | undefined;
}

/** Adds up what a sync tells, by kind and phase. */
export class SyncTotals {
  readonly #elapsed: () => number;
  readonly #counts = new Map<RecordKind, KindCounts>();
  readonly #phases = new Map<string, PhaseState>();

  /** @param elapsed - Milliseconds of a clock that only goes on. */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  /** @returns What to tell of it; nothing for what is told elsewhere. */
  take(event: SyncEvent): Exclude<SyncProgress, { type: "started" | "completed" }> | undefined {
    if (event.type === "braked") return event;
    if (event.type !== "page" && event.type !== "batch") return undefined;
    const { kind } = event;
    const counts = { ...(this.#counts.get(kind) ?? noCounts()) };
    addCounts(counts, countsOf(event));
    this.#counts.set(kind, counts);
    if (event.type === "batch") return this.#progress("links", kind, event.counts.links, undefined, counts);
    return this.#progress(event.from, kind, event.counts.read, event.total, counts);
  }

  /** Counts of all kinds, for the record. */
  sums(): Readonly<Record<string, number>> {
    const sums = noCounts();
    for (const counts of this.#counts.values()) addCounts(sums, counts);
    return sums;
  }

  #progress(phase: SyncPhase, kind: RecordKind, more: number, total: number | undefined, counts: KindCounts) {
    const key = `${phase} ${kind}`;
    const state = this.#phases.get(key) ?? { startedMs: this.#elapsed(), done: 0, total: undefined };
    this.#phases.set(key, state);
    state.done += more;
    state.total = total ?? state.total;
    const elapsedMs = this.#elapsed() - state.startedMs;
    const perSecond = elapsedMs > 0 ? (state.done / elapsedMs) * 1_000 : 0;
    const left = state.total === undefined ? undefined : Math.max(0, state.total - state.done);
    return {
      ...({ type: "progress" } as const),
      ...{ phase, kind, done: state.done, perSecond, counts },
      ...(state.total === undefined ? {} : { total: state.total }),
      ...(left === undefined || perSecond === 0 ? {} : { leftMs: Math.round((left / perSecond) * 1_000) }),
    };
  }
}

/** What the CRM has and the app has not is made in the app with its page; what the app has, in the CRM by its link. */
function countsOf(event: Extract<SyncEvent, { type: "page" | "batch" }>): Partial<KindCounts> {
  if (event.type === "batch" || event.from === "app") return event.counts;
  return { ...event.counts, createdInApp: event.counts.created };
}
