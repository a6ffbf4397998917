import { type BreakerStore, type Clock, systemClock } from "@salesagent/ports";
import { checkFunction, checkName, checkOption, checkSpan, checkWhole } from "./check-option.js";
import { type BreakerVerdict, classifyModelFailure } from "./classify-model-failure.js";

/** `half-open`: it waits for one probe, or the probe is on its way. */
export type BreakerState = "closed" | "open" | "half-open";

/** A circuit breaker as plain data. */
export interface BreakerSnapshot {
  readonly name: string;
  readonly state: BreakerState;
  /** Why it opened: a code of the error family, where the failure had one. */
  readonly errorCode?: string;
  /** When a call is let through, in milliseconds since the epoch. Absent: now. */
  readonly retryAt?: number;
  /** Since when it is so, in milliseconds since the epoch; 0 when it never was otherwise. */
  readonly changedAt: number;
  /** Share of failed calls in the window, 0–1; while it is not closed, in the window that opened it. */
  readonly errorRate: number;
  /** Calls in that window. */
  readonly calls: number;
}

/** A breaker's state that several processes share. */
export interface SharedBreaker {
  readonly store: BreakerStore;
  /** Names who probes, 1–400 characters: another for each process, and for each breaker of this name in a process. */
  readonly owner: string;
  /** The state of others is read at most this often, in milliseconds, beside the calls. @defaultValue 1,000 */
  readonly refreshMs?: number;
  /** A probe without outcome is given up after this long, in milliseconds, and another may go. @defaultValue 120,000 */
  readonly leaseMs?: number;
}

/** How a circuit breaker is made. */
export interface BreakerOptions {
  /** Names what is guarded, in errors and in the shared state; 1–400 characters. */
  readonly name: string;
  /** The share of failed calls in the window that opens it, above 0 and at most 1. @defaultValue 0.5 */
  readonly errorShare?: number;
  /** It does not open by its share on fewer calls than this. @defaultValue 5 */
  readonly minCalls?: number;
  /** How far back calls count, in milliseconds. @defaultValue 30,000 */
  readonly windowMs?: number;
  /** After this long, in milliseconds, a probe is let through. @defaultValue 30,000 */
  readonly resetMs?: number;
  /** The same where quota is used up or the key is refused. @defaultValue 300,000 */
  readonly quotaResetMs?: number;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
  /** Shares the state with other processes. @defaultValue it is this process's own */
  readonly shared?: SharedBreaker;
  /** A state to begin with, such as one that was kept over a restart. @defaultValue closed */
  readonly state?: BreakerSnapshot;
  /** Is told of each change of state. */
  readonly onChange?: (snapshot: BreakerSnapshot) => void;
  /** Is told when the shared store or `onChange` fails; calls never are. @defaultValue does nothing */
  readonly onError?: (error: unknown) => void;
  /** What a failure means. @defaultValue {@link classifyModelFailure} */
  readonly classify?: (error: unknown) => BreakerVerdict;
}

/** The options with nothing left open. */
export interface BreakerSettings {
  readonly name: string;
  readonly errorShare: number;
  readonly minCalls: number;
  readonly windowMs: number;
  readonly resetMs: number;
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly classify: (error: unknown) => BreakerVerdict;
  readonly onChange: (snapshot: BreakerSnapshot) => void;
  readonly onError: (error: unknown) => void;
}

/** @throws RangeError or TypeError naming the option that makes no sense. */
export function resolveBreaker(options: BreakerOptions): BreakerSettings {
  const { errorShare = 0.5, minCalls = 5, windowMs = 30_000, resetMs = 30_000 } = options;
  const { quotaResetMs = 300_000, onChange = () => {}, onError = () => {}, clock = systemClock } = options;
  const { classify = (error: unknown) => classifyModelFailure(error, { quotaResetMs }) } = options;
  checkName("breaker.name", options.name);
  checkOption("breaker.errorShare", errorShare, "a number > 0 and ≤ 1", (it) => it > 0 && it <= 1);
  checkWhole("breaker.minCalls", minCalls, 1);
  checkSpan("breaker.windowMs", windowMs, 10);
  checkSpan("breaker.resetMs", resetMs, 1);
  checkSpan("breaker.quotaResetMs", quotaResetMs, 1);
  checkFunction("breaker.classify", classify);
  checkFunction("breaker.onChange", onChange);
  checkFunction("breaker.onError", onError);
  const leaseMs = resolveShared(options.shared);
  return {
    name: options.name,
    errorShare,
    minCalls,
    windowMs,
    resetMs,
    leaseMs,
    clock,
    classify,
    onChange,
    onError,
  };
}

function resolveShared(shared: SharedBreaker | undefined): number {
  const { refreshMs = 1_000, leaseMs = 120_000 } = shared ?? {};
  checkSpan("breaker.shared.refreshMs", refreshMs, 0);
  checkSpan("breaker.shared.leaseMs", leaseMs, 1);
  if (shared) checkName("breaker.shared.owner", shared.owner);
  return leaseMs;
}
