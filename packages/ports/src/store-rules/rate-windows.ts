import type { RateBudgetStore, RateGrant, RateWindow } from "../stores/rate-budget-store.js";
import { checkWhole } from "./field-rules.js";
import { toNormalId } from "./shared-records.js";
import { toStorable } from "./storable.js";
import { invalidValue } from "./store-errors.js";

const LONGEST_NAME = 100;
const LONGEST_WINDOW_MS = 604_800_000;
/** A window is counted in so many slices: what was granted is given back at most one of them late. */
const SLICES = 20;

/** What is known of one window: calls by slice of time, oldest first. It is JSON, for a storage to keep. */
export interface RateWindowState {
  readonly sliceMs: number;
  /** The number of a slice since 1970, and the calls granted in it. */
  readonly calls: readonly (readonly [slice: number, calls: number])[];
  /** In milliseconds since 1970. */
  readonly blockedUntilMs: number;
}

/** What is known of the windows of one key, by their names. */
export type RateState = Readonly<Record<string, RateWindowState>>;

/** A request for leave with nothing left out. */
export interface NormalTake {
  readonly key: string;
  readonly windows: readonly RateWindow[];
  readonly calls: number;
  readonly share: number;
}

/** What a service said, checked. */
export type NormalTold = Parameters<RateBudgetStore["learn"]>[0];

/** @throws `store.invalid`, also for more calls than a window ever lets through. */
export function toNormalTake(want: Parameters<RateBudgetStore["take"]>[0]): NormalTake {
  const { key, windows, calls = 1, share = 1 } = want;
  if (!Array.isArray(windows)) throw invalidValue("rateBudgets", "want.windows", "it is not a list");
  const normal = windows.map((window, index) => toNormalWindow(`want.windows[${index}]`, window));
  if (new Set(normal.map(({ name }) => name)).size < normal.length) {
    throw invalidValue("rateBudgets", "want.windows", "two of them have one name");
  }
  const least = Math.min(...normal.map(({ limit }) => limit));
  if (!Number.isSafeInteger(calls) || calls < 1 || calls > least) {
    throw invalidValue("rateBudgets", "want.calls", "it is not a whole number from 1 to the least limit");
  }
  if (!(share >= 0 && share <= 1)) {
    throw invalidValue("rateBudgets", "want.share", "it is not a number from 0 to 1");
  }
  return { key: toNormalId("rateBudgets", "want.key", key), windows: normal, calls, share };
}

/** @throws `store.invalid`. */
export function toNormalTold({ key, window, ...told }: NormalTold): NormalTold {
  for (const name of ["remaining", "resetMs", "blockedMs"] as const) {
    const value = told[name];
    if (value !== undefined) checkWhole("rateBudgets", `told.${name}`, value);
  }
  const normal = toNormalWindow("told.window", window);
  return { ...told, key: toNormalId("rateBudgets", "told.key", key), window: normal };
}

/**
 * Counts calls in slices of time. A call counts until its whole slice is out of the window, so in no span of the window's length
 * more are granted than its limit, and a twentieth of it is left unused where it is used to the full.
 *
 * @returns The grant, and what is known after it.
 */
export function takeRate(
  state: RateState,
  { windows, calls, share }: NormalTake,
  nowMs: number,
): { readonly grant: RateGrant; readonly state: RateState } {
  const now = windows.map((window) => readWindow(state[window.name], window, nowMs));
  let refusal: (RateGrant & { readonly granted: false }) | undefined;
  windows.forEach((window, index) => {
    const seen = now[index];
    if (seen === undefined) return;
    const waitMs = findWaitMs(seen, window, { calls, share }, nowMs);
    if (waitMs > (refusal?.waitMs ?? 0)) refusal = { granted: false, waitMs, window: window.name };
  });
  if (refusal !== undefined) return { grant: refusal, state };
  const taken: Record<string, RateWindowState> = { ...state };
  windows.forEach((window, index) => {
    const seen = now[index];
    if (seen !== undefined) taken[window.name] = addCalls(seen, sliceAt(seen, nowMs), calls);
  });
  return { grant: { granted: true }, state: taken };
}

/** Takes in what a service said: that less is left than is known, or that it is blocked. */
export function learnRate(
  state: RateState,
  { window, remaining, resetMs = window.windowMs, blockedMs = 0 }: NormalTold,
  nowMs: number,
): RateState {
  let seen = readWindow(state[window.name], window, nowMs);
  const left = window.limit - countCalls(seen);
  if (remaining !== undefined && remaining < left) {
    const slice = sliceAt(seen, nowMs);
    const gone = Math.ceil((nowMs + resetMs) / seen.sliceMs) - slicesOf(window, seen);
    const oldest = slice - slicesOf(window, seen) + 1;
    seen = addCalls(seen, Math.min(slice, Math.max(oldest, gone)), left - remaining);
  }
  const blockedUntilMs = Math.max(seen.blockedUntilMs, blockedMs > 0 ? nowMs + blockedMs : 0);
  return { ...state, [window.name]: { ...seen, blockedUntilMs } };
}

function toNormalWindow(field: string, { name, limit, windowMs }: RateWindow): RateWindow {
  if (typeof name !== "string" || name.length === 0 || name.length > LONGEST_NAME) {
    throw invalidValue("rateBudgets", `${field}.name`, `a name is a text of 1–${LONGEST_NAME} characters`);
  }
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw invalidValue("rateBudgets", `${field}.limit`, "it is not a whole number ≥ 1");
  }
  if (!Number.isInteger(windowMs) || windowMs < 1 || windowMs > LONGEST_WINDOW_MS) {
    throw invalidValue(
      "rateBudgets",
      `${field}.windowMs`,
      `it is not a whole number from 1 to ${LONGEST_WINDOW_MS}`,
    );
  }
  return { name: toStorable("rateBudgets", `${field}.name`, name), limit, windowMs };
}

/** How many slices a span of the window's length can touch. */
function slicesOf({ windowMs }: RateWindow, { sliceMs }: Pick<RateWindowState, "sliceMs">): number {
  return Math.ceil((windowMs - 1) / sliceMs) + 1;
}

/** The slice of now; where the clock went back, the latest one that is known. */
function sliceAt({ sliceMs, calls }: RateWindowState, nowMs: number): number {
  return Math.max(Math.floor(nowMs / sliceMs), calls.at(-1)?.[0] ?? 0);
}

function countCalls({ calls }: RateWindowState): number {
  return calls.reduce((sum, [, count]) => sum + count, 0);
}

/** A window without the slices that are out of it, cut as its length says now. */
function readWindow(before: RateWindowState | undefined, window: RateWindow, nowMs: number): RateWindowState {
  const sliceMs = Math.ceil(window.windowMs / SLICES);
  if (before === undefined) return { sliceMs, calls: [], blockedUntilMs: 0 };
  const { calls, blockedUntilMs } = before.sliceMs === sliceMs ? before : recut(before, sliceMs, nowMs);
  const current = { sliceMs, calls, blockedUntilMs };
  const oldest = sliceAt(current, nowMs) - slicesOf(window, current) + 1;
  return { ...current, calls: calls.filter(([slice]) => slice >= oldest) };
}

/** Calls of slices of another length: each counts as made at the end of its own, but not after now. */
function recut(before: RateWindowState, sliceMs: number, nowMs: number): RateWindowState {
  let recutState: RateWindowState = { sliceMs, calls: [], blockedUntilMs: before.blockedUntilMs };
  for (const [slice, calls] of before.calls) {
    const endMs = Math.min(nowMs, (slice + 1) * before.sliceMs - 1);
    recutState = addCalls(recutState, Math.floor(endMs / sliceMs), calls);
  }
  return recutState;
}

function addCalls(state: RateWindowState, slice: number, added: number): RateWindowState {
  const bySlice = new Map(state.calls);
  bySlice.set(slice, (bySlice.get(slice) ?? 0) + added);
  return { ...state, calls: [...bySlice].sort(([left], [right]) => left - right) };
}

/** How long to wait until the calls fit; 0 when they do. */
function findWaitMs(
  state: RateWindowState,
  window: RateWindow,
  { calls, share }: { readonly calls: number; readonly share: number },
  nowMs: number,
): number {
  const blockedMs = Math.max(0, state.blockedUntilMs - nowMs);
  if (share === 0) return Math.max(blockedMs, window.windowMs);
  // more than the part in one go passes where nothing else was taken: it could never else
  const room = Math.max(Math.floor(window.limit * share), calls) - calls;
  let used = countCalls(state);
  for (const [slice, count] of state.calls) {
    if (used <= room) break;
    used -= count;
    if (used <= room) {
      const freeMs = (slice + slicesOf(window, state)) * state.sliceMs;
      return Math.max(blockedMs, freeMs - nowMs);
    }
  }
  return blockedMs;
}
