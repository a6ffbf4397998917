import {
  type CallOptions,
  type Clock,
  type DependencyHealth,
  type HealthCheck,
  type HealthStatus,
  systemClock,
  untilAborted,
} from "@salesagent/ports";
import { linkSignal } from "../kernel/linked-signal.js";
import { noteOf } from "./note-of.js";

/** What is asked, and how. */
export interface HealthOptions extends CallOptions {
  /** By a name of the host's, which stands for a check that does not answer. At least one. */
  readonly checks: Readonly<Record<string, HealthCheck>>;
  /** The longest that one check may take, in milliseconds > 0; all are asked at once. @defaultValue 2_000 */
  readonly timeoutMs?: number | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
}

/** How a host's dependencies do. */
export interface HealthReport {
  /** The worst of all checks. */
  readonly status: HealthStatus;
  readonly dependencies: readonly DependencyHealth[];
  /** ISO 8601 in UTC. */
  readonly at: string;
}

const SEVERITY: Readonly<Record<HealthStatus, number>> = { ok: 0, degraded: 1, down: 2 };

/**
 * Asks all checks at once and puts their answers together. A check that throws, or does not answer in time, is a dependency
 * that is down; it does not fail the report.
 *
 * @throws TypeError or RangeError for options that make no sense; the signal's reason when the caller aborts.
 */
export async function healthOf(options: HealthOptions): Promise<HealthReport> {
  const { checks, timeoutMs = 2_000, clock = systemClock, signal } = options;
  const named = Object.entries(checks ?? {});
  if (named.length === 0) throw new TypeError("healthOf options.checks must name at least one check");
  if (!(timeoutMs > 0)) throw new RangeError(`healthOf options.timeoutMs must be > 0, got ${timeoutMs}`);
  signal?.throwIfAborted();
  const asked = named.map(([name, check]) => ask(name, check, { timeoutMs, clock, signal }));
  const answers = await untilAborted(Promise.all(asked), signal);
  return {
    status: worst(answers.map(({ status }) => status)),
    dependencies: answers.flatMap(({ dependencies }) => dependencies),
    at: new Date(clock.now()).toISOString(),
  };
}

type Answer = Pick<HealthReport, "status" | "dependencies">;

interface Limits {
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

/** Never rejects. */
async function ask(name: string, check: HealthCheck, { timeoutMs, clock, signal }: Limits): Promise<Answer> {
  using linked = linkSignal(signal);
  const timer = clock.schedule(timeoutMs, () => linked.abort(new SlowCheck(timeoutMs)));
  try {
    const answer = Promise.resolve(check.health({ signal: linked.signal }));
    const dependencies = await untilAborted(answer, linked.signal);
    return { status: statusOf(check, dependencies), dependencies };
  } catch (error) {
    // With its own limit passed, whatever the check throws comes of that.
    const cause: unknown = linked.signal.aborted ? linked.signal.reason : error;
    const told =
      cause instanceof SlowCheck ? { note: cause.message, latencyMs: timeoutMs } : { note: noteOf(cause) };
    return { status: "down", dependencies: [{ name, status: "down", ...told }] };
  } finally {
    timer.cancel();
  }
}

function statusOf(
  { alternatives = false }: HealthCheck,
  dependencies: readonly DependencyHealth[],
): HealthStatus {
  const statuses = dependencies.map(({ status }) => status);
  const overall = worst(statuses);
  const standsIn = alternatives && overall === "down" && statuses.some((status) => status !== "down");
  return standsIn ? "degraded" : overall;
}

function worst(statuses: readonly HealthStatus[]): HealthStatus {
  return statuses.reduce((one, other) => (SEVERITY[other] > SEVERITY[one] ? other : one), "ok");
}

/** A check that took too long, in words for an operator. */
class SlowCheck extends Error {
  constructor(limitMs: number) {
    super(`did not answer within ${limitMs} ms`);
  }
}
