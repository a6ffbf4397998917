import type {
  BudgetAmounts,
  BudgetLine,
  BudgetOutcome,
  BudgetReservation,
  BudgetStore,
  CallOptions,
} from "@salesagent/ports";
import {
  budgetMeasures,
  invalidValue,
  toInstant,
  toNormalAmounts,
  toNormalReservation,
  toStorable,
  transactionContended,
} from "@salesagent/ports/store-rules";
import { type BudgetStatements, MEASURE_COLUMNS } from "./budget-statements.js";
import { number, type Row, text } from "./columns.js";
import type { Executor } from "./executor.js";
import type { StoreContext } from "./store-context.js";
import { toStoreTime } from "./store-time.js";

/** Lines are kept for a while after their window is over: the clock of another process may be minutes behind. */
const KEPT_AFTER_WINDOW_MS = 15 * 60_000;
/** So many reservations lapse in one statement. */
const LAPSED_AT_ONCE = 1000;
/** Lines can be dropped by others only once their window is over, so more than two tries are rare. */
const RESERVE_ATTEMPTS = 10;

const NOTHING: BudgetAmounts = { nanoUsd: 0, tokens: 0, calls: 0 };

function fromSums(row: Row, prefix: "spent" | "held"): BudgetAmounts {
  const read = (measure: keyof BudgetAmounts) => number(row, `${prefix}_${MEASURE_COLUMNS[measure]}`);
  return { nanoUsd: read("nanoUsd"), tokens: read("tokens"), calls: read("calls") };
}

function toValues(amounts: BudgetAmounts): readonly number[] {
  return budgetMeasures.map((measure) => amounts[measure]);
}

function fromLineRow(row: Row): BudgetLine {
  return { key: text(row, "key"), spent: fromSums(row, "spent"), held: fromSums(row, "held") };
}

/** When the last of the windows is over; null where one never is. */
function lastEndOf({ claims }: BudgetReservation): string | null {
  const ends = claims.map(({ windowEndsAt }) => windowEndsAt);
  return ends.reduce<string | null>((last, end) => {
    if (last === null || end === undefined) return null;
    return end > last ? end : last;
  }, ends[0] ?? null);
}

/** The claim that a row of `reserve` names. */
function toRefusal({ claims }: BudgetReservation, row: Row): BudgetOutcome {
  const claim = claims[number(row, "place") - 1];
  const measure = budgetMeasures.find((name) => MEASURE_COLUMNS[name] === row["measure"]);
  const limit = measure === undefined ? undefined : claim?.limits[measure];
  if (claim === undefined || measure === undefined || limit === undefined) {
    throw new Error("a refusal names no claim");
  }
  const line = { key: claim.key, spent: fromSums(row, "spent"), held: fromSums(row, "held") };
  return { granted: false, refused: { ...line, measure, limit } };
}

/** What one try to reserve came to: an outcome, or what is to be done before the next. */
type ReserveStep = BudgetOutcome | "sweep" | "add lines";

function toStep(reservation: BudgetReservation, row: Row | undefined): ReserveStep {
  if (row === undefined) throw new Error("reserve gave no row");
  if (row["due"] === "t") return "sweep";
  if (number(row, "found") < reservation.claims.length) return "add lines";
  const refused = typeof row["place"] === "string";
  if (row["kept"] === "t") return { granted: true };
  if (!refused || row["taken"] === "t") throw invalidValue("budgets", "reservation.id", "it is taken");
  return toRefusal(reservation, row);
}

/** Budgets as rows: a line for each key, and a reservation until it is settled. */
class BudgetRows {
  constructor(
    private readonly context: StoreContext,
    private readonly statements: BudgetStatements,
  ) {}

  /** The instants that tell what is due. */
  readInstants(): readonly [now: string, ended: string] {
    const now = this.context.clock.now();
    return [new Date(now).toISOString(), new Date(now - KEPT_AFTER_WINDOW_MS).toISOString()];
  }

  async reserve(reservation: BudgetReservation, call: CallOptions | undefined): Promise<BudgetOutcome> {
    const { executor } = this.context;
    let step = await this.#tryToReserve(executor, reservation, this.readInstants(), call);
    if (step === "sweep") {
      await this.sweep(call);
      step = await this.#tryToReserve(executor, reservation, undefined, call);
    }
    for (let attempt = 1; typeof step === "string" && attempt < RESERVE_ATTEMPTS; attempt++) {
      step = await executor.together("budgets", (within) => this.#reserveOnNew(within, reservation), call);
    }
    if (typeof step === "string") throw transactionContended(RESERVE_ATTEMPTS);
    return step;
  }

  /** Lapses and drops what is over. @returns How many reservations lapsed. */
  async sweep(call: CallOptions | undefined): Promise<number> {
    const { executor, tenant } = this.context;
    const [now, ended] = this.readInstants();
    let lapsed = 0;
    for (let last = LAPSED_AT_ONCE; last === LAPSED_AT_ONCE; lapsed += last) {
      const [row] = await executor.run("budgets", this.statements.lapse, [tenant, now, LAPSED_AT_ONCE], call);
      last = row === undefined ? 0 : number(row, "lapsed");
    }
    await executor.run("budgets", this.statements.dropEnded, [tenant, ended], call);
    return lapsed;
  }

  async #reserveOnNew(within: Executor, reservation: BudgetReservation): Promise<ReserveStep> {
    const claims = [...reservation.claims].sort((left, right) => (left.key < right.key ? -1 : 1));
    const ends = claims.map(({ windowEndsAt }) => windowEndsAt ?? null);
    const values = [this.context.tenant, claims.map(({ key }) => key), ends, toStoreTime(this.context.clock)];
    await within.run("budgets", this.statements.addLines, values, undefined);
    return this.#tryToReserve(within, reservation, undefined, undefined);
  }

  async #tryToReserve(
    executor: Executor,
    reservation: BudgetReservation,
    instants: readonly [now: string, ended: string] | undefined,
    call: CallOptions | undefined,
  ): Promise<ReserveStep> {
    const { claims, id, amounts, leaseUntil } = reservation;
    const keys = claims.map(({ key }) => key);
    const limits = budgetMeasures.map((measure) => claims.map((claim) => claim.limits[measure] ?? null));
    const held = [id, ...toValues(amounts), leaseUntil, lastEndOf(reservation)];
    const times = [...(instants ?? [null, null]), toStoreTime(this.context.clock)];
    const values = [this.context.tenant, keys, ...limits, ...held, ...times];
    const [row] = await executor.run("budgets", this.statements.reserve(claims.length), values, call);
    return toStep(reservation, row);
  }
}

export function createPgBudgetStore(context: StoreContext, statements: BudgetStatements): BudgetStore {
  const { tenant, executor } = context;
  const rows = new BudgetRows(context, statements);
  return {
    port: "budget-store/1",
    async reserve(reservation, call) {
      executor.admit("budgets", call);
      return rows.reserve(toNormalReservation(reservation), call);
    },
    async settle(id, used, call) {
      executor.admit("budgets", call);
      const values = [tenant, toStorable("budgets", "id", id), ...toValues(toNormalAmounts("used", used))];
      return (await executor.run("budgets", statements.settle, values, call)).length > 0;
    },
    async renew(ids, leaseUntil, call) {
      executor.admit("budgets", call);
      const values = [
        tenant,
        toStorable("budgets", "ids", ids),
        toInstant("budgets", "leaseUntil", leaseUntil),
      ];
      if (ids.length > 0) await executor.run("budgets", statements.renew, values, call);
    },
    async lapse(call) {
      return rows.sweep(call);
    },
    async read(keys, call) {
      executor.admit("budgets", call);
      const wanted = toStorable("budgets", "keys", keys);
      const readRows = () =>
        executor.run("budgets", statements.read, [tenant, wanted, ...rows.readInstants()], call);
      let found = await readRows();
      if (found[0]?.["due"] === "t") {
        await rows.sweep(call);
        found = await readRows();
      }
      const lines = new Map(
        found.flatMap((row) => (row["key"] === null ? [] : [[text(row, "key"), fromLineRow(row)] as const])),
      );
      return wanted.map((key) => lines.get(key) ?? { key, spent: NOTHING, held: NOTHING });
    },
  };
}
