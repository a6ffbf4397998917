import {
  type AttemptGuard,
  type AttemptPermit,
  type AttemptPlan,
  type BudgetAmounts,
  type BudgetClaim,
  type BudgetReservation,
  type BudgetStore,
  type CallOptions,
  type CallScope,
  type Clock,
  createSortableIds,
  SalesAgentError,
  type Storage,
  systemClock,
  untilAborted,
} from "@salesagent/ports";
import { Background } from "../kernel/background.js";
import { tell } from "../kernel/tell.js";
import { checkOption } from "../resilience/check-option.js";
import { mostOf, NOTHING, usedBy } from "./budget-amounts.js";
import { budgetExceeded, unscoped } from "./budget-errors.js";
import { type Budget, type BudgetOptions, type BudgetScope, resolveBudgets } from "./budget-options.js";
import { type BudgetStatus, toStatus } from "./budget-status.js";
import { LeaseKeeper } from "./lease-keeper.js";
import { settleOrRetry } from "./settlement.js";

/** What budgets are made with. */
export interface BudgetsOptions {
  /** All of them hold for each attempt. */
  readonly budgets: readonly BudgetOptions[];
  /** Where they are counted: one that is shared caps all processes together. */
  readonly storage: Storage;
  /** Whose budgets they are where a call's scope names no tenant. */
  readonly tenant?: string | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Makes ids of reservations; each must be new. @defaultValue UUIDs of version 7 */
  readonly createId?: (() => string) | undefined;
  /**
   * How long money stays set aside after its process died, in milliseconds ≥ 100; then it is booked in full, since the call may
   * be billed.
   *
   * @defaultValue 60_000
   */
  readonly leaseMs?: number | undefined;
  /**
   * What becomes of attempts while the store is away: `closed` ends them with the store's error, `open` lets them go on without
   * a cap.
   *
   * @defaultValue "closed"
   */
  readonly storeAway?: "closed" | "open" | undefined;
  /** Told of each attempt that goes on without a cap. */
  readonly onStoreAway?: ((error: unknown) => void) | undefined;
  /** Told when a reservation could be neither settled nor prolonged: it lapses, and is booked in full. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Caps on what models take. A guard of calls: pass it to an agent or a router, or wrap a model with `withBudget`. */
export interface Budgets extends AttemptGuard {
  /**
   * How the budgets stand whose subject the scope names; the others are left out.
   *
   * @throws `budget.unscoped` when neither the scope nor the options name a tenant; what the store throws.
   */
  read(scope?: CallScope, call?: CallOptions): Promise<readonly BudgetStatus[]>;
  /** Resolves when no settlement is under way any more. For the end of a process. */
  flush(): Promise<void>;
}

/**
 * Makes budgets. Each attempt at a model sets aside the most that it can take under all of them, or is refused with
 * `budget.exceeded`; when it is over, what it took is booked and the rest is free again. So concurrent attempts never pass a
 * cap together, in one process or, with a shared storage, in many. One reservation and one settlement an attempt.
 *
 * @throws TypeError or RangeError naming the option that is wrong, such as `budgets[1].usd`.
 */
export function createBudgets(options: BudgetsOptions): Budgets {
  return new StoredBudgets(options);
}

interface Wanted {
  readonly tenant: string;
  readonly store: BudgetStore;
  readonly reservation: BudgetReservation;
}

class StoredBudgets implements Budgets {
  readonly #budgets: readonly Budget[];
  readonly #usdBudget: Budget | undefined;
  readonly #options: BudgetsOptions;
  readonly #clock: Clock;
  readonly #createId: () => string;
  readonly #leases: LeaseKeeper;
  readonly #background = new Background();

  constructor(options: BudgetsOptions) {
    this.#budgets = resolveBudgets(options.budgets);
    this.#usdBudget = this.#budgets.find(({ limits }) => limits.nanoUsd !== undefined);
    checkOptions(options);
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#createId = options.createId ?? createSortableIds(this.#clock);
    this.#leases = new LeaseKeeper(this.#clock, options.leaseMs ?? 60_000, (tenant, ids, leaseUntil) =>
      this.#store(tenant).renew(ids, leaseUntil).catch(this.#told),
    );
  }

  async begin(plan: AttemptPlan, { signal }: CallOptions): Promise<AttemptPermit> {
    const wanted = this.#want(plan);
    const asked = wanted.store.reserve(wanted.reservation);
    let outcome: Awaited<typeof asked>;
    try {
      outcome = signal ? await untilAborted(asked, signal) : await asked;
    } catch (error) {
      return this.#unanswered(wanted, asked, error, signal);
    }
    if (!outcome.granted) throw this.#refusal(wanted.reservation, outcome.refused);
    this.#leases.add(wanted.tenant, wanted.reservation.id);
    return this.#permit(wanted);
  }

  async read(scope: CallScope = {}, call?: CallOptions): Promise<readonly BudgetStatus[]> {
    const tenant = this.#tenantOf(scope);
    const nowMs = this.#clock.now();
    const named = this.#budgets.flatMap((budget) => {
      const subject = subjectOf(budget.scope, scope, tenant);
      return subject === undefined ? [] : [{ budget, subject, window: budget.windows.at(nowMs) }];
    });
    const keys = named.map(({ budget, subject, window }) => keyOf(budget, subject, window.name));
    const lines = await this.#store(tenant).read(keys, call);
    return named.map((it, index) => toStatus(it.budget, it.subject, it.window, lines[index]));
  }

  flush(): Promise<void> {
    return this.#background.idle();
  }

  readonly #told = (error: unknown) => tell(this.#options.onError, error);

  #store(tenant: string): BudgetStore {
    return this.#options.storage.tenant(tenant).budgets;
  }

  #tenantOf(scope: CallScope): string {
    const tenant = scope.tenant ?? this.#options.tenant;
    if (tenant === undefined) throw unscoped(this.#budgets[0]?.name ?? "", "tenant");
    return tenant;
  }

  /** What an attempt wants to set aside. @throws `budget.unscoped`; `budget.exceeded` where its price is unknown. */
  #want(plan: AttemptPlan): Wanted {
    const tenant = this.#tenantOf(plan.scope);
    const amounts = mostOf(plan, this.#usdBudget);
    const nowMs = this.#clock.now();
    const claims = this.#budgets.map((budget): BudgetClaim => {
      const subject = subjectOf(budget.scope, plan.scope, tenant);
      if (subject === undefined) throw unscoped(budget.name, budget.scope);
      const { name, endsAt } = budget.windows.at(nowMs);
      const key = keyOf(budget, subject, name);
      return endsAt === undefined
        ? { key, limits: budget.limits }
        : { key, limits: budget.limits, windowEndsAt: endsAt };
    });
    const reservation = { id: this.#createId(), claims, amounts, leaseUntil: this.#leases.leaseUntil() };
    return { tenant, store: this.#store(tenant), reservation };
  }

  /**
   * The store failed, or the caller left before it answered. The reservation may stand all the same, so it is given back, or
   * settled at the end of an attempt that goes on.
   */
  #unanswered(
    wanted: Wanted,
    asked: Promise<unknown>,
    error: unknown,
    signal: AbortSignal | undefined,
  ): AttemptPermit {
    if (this.#options.storeAway === "open" && !signal?.aborted && isAway(error)) {
      tell(this.#options.onStoreAway, error);
      return this.#permit(wanted);
    }
    const giveBack = () => this.#settle(wanted, NOTHING);
    // An id that was taken belongs to somebody else's reservation, which must stand.
    const unknown = (failure: unknown) =>
      SalesAgentError.is(failure, "store.invalid") ? undefined : giveBack();
    this.#background.add(asked.then(giveBack, unknown));
    throw error;
  }

  #permit(wanted: Wanted): AttemptPermit {
    return { end: (attempt) => this.#settle(wanted, usedBy(attempt, wanted.reservation.amounts)) };
  }

  #settle({ tenant, store, reservation: { id } }: Wanted, used: BudgetAmounts): Promise<void> {
    this.#leases.remove(tenant, id);
    return settleOrRetry({ store, id, used }, this.#clock, this.#background, this.#told);
  }

  #refusal(
    { claims, amounts }: BudgetReservation,
    refused: Parameters<typeof budgetExceeded>[2],
  ): SalesAgentError<"budget.exceeded"> {
    const index = claims.findIndex(({ key }) => key === refused.key);
    const budget = this.#budgets[index] ?? this.#budgets[0];
    if (!budget) throw new RangeError(`The store refused "${refused.key}", which was not asked for.`);
    return budgetExceeded(budget, claims[index]?.windowEndsAt, refused, amounts);
  }
}

function checkOptions({ storage, leaseMs = 60_000, storeAway = "closed" }: BudgetsOptions): void {
  if (typeof storage?.tenant !== "function") throw new TypeError("storage must be a Storage");
  checkOption(
    "leaseMs",
    leaseMs,
    "a number of milliseconds from 100 to a day",
    (ms) => ms >= 100 && ms <= 86_400_000,
  );
  if (storeAway !== "closed" && storeAway !== "open") {
    throw new TypeError(`storeAway must be "closed" or "open", got ${JSON.stringify(storeAway)}`);
  }
}

/** Neither names nor windows hold a `/`, so that no two keys are the same. */
function keyOf({ name }: Budget, subject: string, window: string): string {
  return `${window}/${name}/${subject}`;
}

function subjectOf(kind: BudgetScope, scope: CallScope, tenant: string): string | undefined {
  switch (kind) {
    case "tenant":
      return tenant;
    case "agent":
      return scope.agent;
    case "run":
      return scope.runId;
    case "lead":
      return scope.leadId;
    case "campaign":
      return scope.campaignId;
  }
}

function isAway(error: unknown): boolean {
  return SalesAgentError.is(error, "store.unavailable") || SalesAgentError.is(error, "store.closed");
}
