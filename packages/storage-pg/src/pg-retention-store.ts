import type { CallOptions, PrunedRecords, RetentionStore } from "@salesagent/ports";
import { type NormalRetention, toNormalRetention } from "@salesagent/ports/store-rules";
import { text } from "./columns.js";
import type { Executor } from "./executor.js";
import type { RetentionStatements } from "./retention-statements.js";
import type { Statement } from "./statement.js";
import type { StoreContext } from "./store-context.js";
import { toStoreTime } from "./store-time.js";

/** Drops records, each kind in a transaction of its own. */
class Pruning {
  readonly #now: string;

  constructor(
    private readonly context: StoreContext,
    private readonly statements: RetentionStatements,
    private readonly want: NormalRetention,
    private readonly call: CallOptions | undefined,
  ) {
    this.#now = toStoreTime(context.clock);
  }

  async run(): Promise<PrunedRecords> {
    return {
      checkpoints: await this.#aging("checkpoints"),
      flows: await this.#aging("flows"),
      runs: await this.#aging("runs"),
      effects: await this.#aging("effects"),
      approvals: await this.#agingOrOver("approvals"),
      messages: await this.#with("messages", "threads", "messages"),
      audit: await this.#aging("audit"),
      budgets: await this.#agingOrOver("budgets"),
      syncRuns: await this.#aging("syncRuns"),
      syncEntries: await this.#aging("syncEntries"),
      conflicts: await this.#aging("conflicts"),
      deadLetters: await this.#aging("deadLetters"),
      inbox: await this.#aging("inbox"),
      streams: await this.#with("streams", "streams", "streamEvents"),
      expired: await this.#expired(),
    };
  }

  async #aging(kind: keyof RetentionStatements["aging"]): Promise<number> {
    const { limits, limit } = this.want;
    return this.#count(this.statements.aging[kind], limit, limits[kind]);
  }

  async #agingOrOver(kind: keyof RetentionStatements["agingOrOver"]): Promise<number> {
    const { limits, limit } = this.want;
    return this.#count(this.statements.agingOrOver[kind], limit, limits[kind], this.#now);
  }

  async #count(
    statement: Statement,
    limit: number,
    before: string | undefined,
    ...others: readonly string[]
  ): Promise<number> {
    if (before === undefined || limit === 0) return 0;
    const { tenant, executor } = this.context;
    const values = [tenant, limit, before, ...others];
    return (await executor.run("retention", statement, values, this.call)).length;
  }

  /** What belongs to the records by a statement of its own, which sees what came until they were dropped. */
  async #with(
    kind: "messages" | "streams",
    records: "threads" | "streams",
    parts: "messages" | "streamEvents",
  ): Promise<number> {
    const { limits, limit } = this.want;
    const before = limits[kind];
    if (before === undefined) return 0;
    const { tenant, executor } = this.context;
    const work = async (within: Executor) => {
      const values = [tenant, limit, before];
      const dropped = await within.run("retention", this.statements[records], values, undefined);
      const ids = dropped.map((row) => text(row, "id"));
      if (ids.length > 0) await within.run("retention", this.statements[parts], [tenant, ids], undefined);
      return ids.length;
    };
    return executor.together("retention", work, this.call);
  }

  async #expired(): Promise<number> {
    let dropped = 0;
    for (const statement of this.statements.expired) {
      dropped += await this.#count(statement, this.want.limit - dropped, this.#now);
    }
    return dropped;
  }
}

export function createPgRetentionStore(
  context: StoreContext,
  statements: RetentionStatements,
): RetentionStore {
  return {
    port: "retention-store/1",
    async prune(want, call) {
      context.executor.admit("retention", call);
      return new Pruning(context, statements, toNormalRetention(want), call).run();
    },
  };
}
