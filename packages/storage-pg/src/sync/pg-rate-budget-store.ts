import { type CallOptions, type RateBudgetStore, type RateGrant, systemClock } from "@salesagent/ports";
import {
  learnRate,
  type NormalTake,
  type NormalTold,
  type RateState,
  takeRate,
  toNormalTake,
  toNormalTold,
} from "@salesagent/ports/store-rules";
import { json, number, text } from "../columns.js";
import type { Executor } from "../executor.js";
import { reading, type Statement, writing } from "../statement.js";
import type { StoreContext, TableNames } from "../store-context.js";
import { toLeaseTime } from "../store-time.js";

/** What `take` gives instead of a wait where the length of a window has changed. */
const CUT_OTHERWISE = -1;

/** The SQL of the rate budgets. $1: tenant, $2: key. */
export interface RateBudgetStatements {
  /** $3: now, $4–$6: names, limits and lengths of windows, $7: calls, $8: share. Gives a row where leave was not given. */
  readonly take: Statement;
  readonly add: Statement;
  /** Give `state` and `now_ms` of the server; `lock` locks the row. */
  readonly read: Statement;
  readonly lock: Statement;
  /** $3: state. */
  readonly put: Statement;
}

export function createRateBudgetStatements(name: TableNames): RateBudgetStatements {
  const budgets = name("rate_budgets");
  const read = `select state, floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now_ms from ${budgets}
    where tenant = $1 and key = $2`;
  return {
    take: writing(`select wait_ms, window_name from ${name("take_rate")}($1, $2, $3::timestamptz, $4::text[], $5::bigint[],
      $6::bigint[], $7::bigint, $8::double precision)`),
    add: writing(
      `insert into ${budgets} (tenant, key, state) values ($1, $2, '{}') on conflict (tenant, key) do nothing`,
    ),
    read: reading(read),
    lock: writing(`${read} for update`),
    put: writing(`update ${budgets} set state = $3::json where tenant = $1 and key = $2`),
  };
}

/** Whether a service told of less than is known. */
function isNews(state: RateState, told: NormalTold, nowMs: number): boolean {
  const { key, window } = told;
  const read = (known: NormalTold) => JSON.stringify(learnRate(state, known, nowMs)[window.name]);
  return read(told) !== read({ key, window });
}

export function createPgRateBudgetStore(
  { tenant, executor, clock }: StoreContext,
  statements: RateBudgetStatements,
): RateBudgetStore {
  const read = async (within: Executor, statement: Statement, key: string, call: CallOptions | undefined) => {
    const [row] = await within.run("rateBudgets", statement, [tenant, key], call);
    if (row === undefined) return undefined;
    const nowMs = clock === systemClock ? number(row, "now_ms") : clock.now();
    return { state: json<RateState>(row, "state"), nowMs };
  };

  /** Changes what is known of a key by the rules of the stores, with its row locked. */
  const change = <T>(
    key: string,
    decide: (state: RateState, nowMs: number) => { readonly state: RateState; readonly value: T },
    call: CallOptions | undefined,
  ) =>
    executor.together(
      "rateBudgets",
      async (within) => {
        await within.run("rateBudgets", statements.add, [tenant, key], undefined);
        const seen = await read(within, statements.lock, key, undefined);
        if (seen === undefined) throw new Error("a rate budget was added and is not there");
        const { state, value } = decide(seen.state, seen.nowMs);
        await within.run("rateBudgets", statements.put, [tenant, key, JSON.stringify(state)], undefined);
        return value;
      },
      call,
    );

  const takeCutAnew = (want: NormalTake, call: CallOptions | undefined) =>
    change(
      want.key,
      (before, nowMs) => {
        const { grant, state } = takeRate(before, want, nowMs);
        return { state, value: grant };
      },
      call,
    );

  return {
    port: "rate-budget-store/1",
    async take(want, call): Promise<RateGrant> {
      executor.admit("rateBudgets", call);
      const normal = toNormalTake(want);
      const { key, windows, calls, share } = normal;
      const columns = [
        windows.map(({ name }) => name),
        windows.map(({ limit }) => limit),
        windows.map(({ windowMs }) => windowMs),
      ];
      const values = [tenant, key, toLeaseTime(clock), ...columns, calls, share];
      const [row] = await executor.run("rateBudgets", statements.take, values, call);
      if (row === undefined) return { granted: true };
      const waitMs = number(row, "wait_ms");
      if (waitMs === CUT_OTHERWISE) return takeCutAnew(normal, call);
      return { granted: false, waitMs, window: text(row, "window_name") };
    },
    async learn(told, call) {
      executor.admit("rateBudgets", call);
      const normal = toNormalTold(told);
      const seen = await read(executor, statements.read, normal.key, call);
      if (seen !== undefined && !isNews(seen.state, normal, seen.nowMs)) return;
      const decide = (state: RateState, nowMs: number) => ({
        state: learnRate(state, normal, nowMs),
        value: undefined,
      });
      await change(normal.key, decide, call);
    },
  };
}
