import {
  type Clock,
  type JobEngine,
  type PrunedRecords,
  type RetentionLimits,
  type Storage,
  systemClock,
  type Worker,
} from "@salesagent/ports";
import { checkOption } from "../resilience/check-option.js";

/** What is dropped, and when. */
export interface RetentionOptions {
  readonly storage: Pick<Storage, "tenant">;
  /**
   * How many days each kind of record is kept, from its end on: 0–36,525; what is not named is kept for ever. Effects must be kept
   * as long as the runs that could do them again, so they come with `flows`, and with no fewer days.
   */
  readonly keepDays: { readonly [Kind in keyof RetentionLimits]?: number };
  readonly clock?: Clock | undefined;
}

/** How the records of one tenant are gone through. */
export interface RetentionRun {
  readonly tenant: string;
  readonly signal?: AbortSignal | undefined;
  /** Told after each batch what was dropped so far. */
  readonly onProgress?: ((dropped: PrunedRecords) => void) | undefined;
}

/** When the records of some tenants are gone through. */
export interface RetentionSchedule {
  readonly tenants: readonly string[];
  /** Five fields. @defaultValue "30 3 * * *" */
  readonly cron?: string | undefined;
  /** IANA name. @defaultValue "UTC" */
  readonly zone?: string | undefined;
}

/** Drops records that need not be kept any longer. */
export interface Retention {
  /**
   * Goes through a tenant's records in batches, until nothing is left to drop.
   *
   * @throws what the storage throws; the signal's reason. What was dropped before stays dropped.
   */
  run(run: RetentionRun): Promise<PrunedRecords>;
  /** Makes this process work on what was scheduled. */
  work(jobs: JobEngine): Promise<Worker>;
  /** Schedules it for each tenant, once for all processes. Calling it again replaces the schedules. */
  schedule(jobs: JobEngine, schedule: RetentionSchedule): Promise<void>;
}

const QUEUE = "retention";
const DAY_MS = 86_400_000;
const BATCH = 1_000;
/** A hundred years: more is a slip, and would lead to times that none can write. */
const MOST_DAYS = 36_525;
const KINDS: ReadonlySet<string> = new Set<keyof RetentionLimits>([
  "checkpoints",
  "flows",
  "runs",
  "effects",
  "approvals",
  "messages",
  "audit",
  "budgets",
  "syncRuns",
  "syncEntries",
  "conflicts",
  "deadLetters",
  "inbox",
  "streams",
]);

/**
 * Drops what is older than a host wants to keep: by hand, or each night on its job engine.
 *
 * @throws RangeError naming the kind whose days make no sense.
 */
export function createRetention({ storage, keepDays, clock = systemClock }: RetentionOptions): Retention {
  checkDays(keepDays);
  const run = async ({ tenant, signal, onProgress }: RetentionRun): Promise<PrunedRecords> => {
    const { retention } = storage.tenant(tenant);
    const limits = limitsOf(keepDays, clock.now());
    let dropped: PrunedRecords | undefined;
    for (;;) {
      const batch = await retention.prune({ ...limits, limit: BATCH }, { signal });
      dropped = dropped ? added(dropped, batch) : batch;
      onProgress?.(dropped);
      if (Object.values(batch).every((count) => count === 0)) return dropped;
    }
  };
  return {
    run,
    work: (jobs) =>
      jobs.work(QUEUE, async ({ tenant, signal }) => void (await run({ tenant, signal })), {
        concurrency: 1,
      }),
    async schedule(jobs, { tenants, cron = "30 3 * * *", zone = "UTC" }) {
      for (const tenant of tenants) {
        const job = { queue: QUEUE, tenant, payload: null, key: QUEUE };
        await jobs.schedule({ name: `${QUEUE}:${tenant}`, cron, zone, job });
      }
    },
  };
}

function checkDays(keepDays: RetentionOptions["keepDays"]): void {
  for (const [kind, days] of Object.entries(keepDays)) {
    if (!KINDS.has(kind)) {
      throw new RangeError(`retention.keepDays.${kind} is not known; known: ${[...KINDS].join(", ")}`);
    }
    const rule = `a number of days ≥ 0 and ≤ ${MOST_DAYS}`;
    checkOption(`retention.keepDays.${kind}`, days, rule, (it) => it >= 0 && it <= MOST_DAYS);
  }
  const { effects, flows } = keepDays;
  if (effects === undefined) return;
  const rule =
    "given together with flows, and not less: a run that is still there could do its effects again";
  checkOption("retention.keepDays.effects", effects, rule, (days) => flows !== undefined && days >= flows);
}

function limitsOf(keepDays: RetentionOptions["keepDays"], nowMs: number): RetentionLimits {
  const entries = Object.entries(keepDays);
  return Object.fromEntries(
    entries.map(([kind, days]) => [kind, new Date(nowMs - days * DAY_MS).toISOString()]),
  );
}

function added(sum: PrunedRecords, batch: PrunedRecords): PrunedRecords {
  const kinds = Object.keys(batch) as (keyof PrunedRecords)[];
  return Object.fromEntries(kinds.map((kind) => [kind, sum[kind] + batch[kind]])) as PrunedRecords;
}
