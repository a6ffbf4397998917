import { type Clock, SalesAgentError, type TenantStorage } from "@salesagent/ports";
import { z } from "zod";
import { type DayRange, monthOf } from "./day-range.js";
import type { RouteContext } from "./route.js";

/** What a tenant may use in a calendar month, UTC. What is left out is not limited. */
export interface QuotaPlan {
  /** For people, such as `starter`. */
  readonly name: string;
  /** Runs of agents and workflows. */
  readonly tasks?: number | undefined;
  /** Tokens in and out. */
  readonly tokens?: number | undefined;
  readonly costUsd?: number | undefined;
}

/** The plan of all tenants, or who has which; nothing for no limit. */
export type Quotas = QuotaPlan | ((tenant: string) => QuotaPlan | undefined | Promise<QuotaPlan | undefined>);

const useSchema = z.object({
  used: z.number(),
  limit: z.number().optional().describe("Absent where there is none."),
  left: z.number().optional(),
});

export const quotaSchema = z
  .object({
    plan: z.string().optional().describe("Absent where nothing is limited."),
    from: z.string(),
    until: z.string(),
    resetsAt: z.string().describe("When the month is over, ISO 8601 in UTC."),
    tasks: useSchema,
    tokens: useSchema,
    costUsd: useSchema,
  })
  .meta({ id: "Quota" });

export type QuotaView = z.output<typeof quotaSchema>;

interface Whose {
  readonly tenant: string;
  readonly stores: Pick<TenantStorage, "runs" | "usage">;
  readonly signal?: AbortSignal | undefined;
}

interface Known {
  readonly atMs: number;
  readonly resetsAtMs: number;
  /** One read for all who ask meanwhile. */
  readonly view: Promise<QuotaView>;
  /** Tasks that were let in since it was read. */
  admitted: number;
}

const MEASURES = { tasks: "calls", tokens: "tokens", costUsd: "usd" } as const;
/** How long what was read is believed, in milliseconds. */
const BELIEVED_MS = 5_000;
const MOST_TENANTS = 10_000;

/** Knows what tenants have used of their quotas. */
export class QuotaMeter {
  readonly #quotas: Quotas | undefined;
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();

  constructor(quotas: Quotas | undefined, clock: Clock) {
    this.#quotas = quotas;
    this.#clock = clock;
  }

  async read({ tenant, stores, signal }: Whose): Promise<QuotaView> {
    const { resetsAt, ...month } = monthOf(this.#clock.now());
    const [plan, used] = await Promise.all([this.#planOf(tenant), useIn(month, stores, signal)]);
    return {
      ...(plan && { plan: plan.name }),
      ...{ ...month, resetsAt },
      tasks: toUse(used.tasks, plan?.tasks),
      tokens: toUse(used.tokens, plan?.tokens),
      costUsd: toUse(used.costUsd, plan?.costUsd),
    };
  }

  /**
   * Lets one more task in. What was read is believed for five seconds, with the tasks that were let in since: what several processes
   * let in at once can go a little beyond. What must never be passed is a budget.
   *
   * @throws `budget.exceeded` naming what is used up.
   */
  async admit(whose: Whose): Promise<void> {
    if (this.#quotas === undefined) return;
    const known = this.#believed(whose);
    const { resetsAt, ...view } = await known.view;
    const [tokens, costUsd] = [view.tokens.used, view.costUsd.used];
    const used = { tasks: view.tasks.used + known.admitted, tokens, costUsd };
    for (const name of ["tasks", "tokens", "costUsd"] as const) {
      const { limit } = view[name];
      if (limit !== undefined && used[name] >= limit) throw usedUp(name, limit, used[name], resetsAt);
    }
    known.admitted += 1;
  }

  #believed({ tenant, stores }: Whose): Known {
    const found = this.#known.get(tenant);
    const [nowMs, atMs] = [this.#clock.now(), this.#clock.elapsed()];
    if (found && nowMs < found.resetsAtMs && atMs - found.atMs < BELIEVED_MS) return found;
    // Without a signal: it is not any one caller's to abort.
    const view = this.read({ tenant, stores });
    const known: Known = { atMs, view, admitted: 0, resetsAtMs: Date.parse(monthOf(nowMs).resetsAt) };
    view.catch(() => this.#known.delete(tenant));
    this.#known.delete(tenant);
    this.#known.set(tenant, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_TENANTS && oldest !== undefined) this.#known.delete(oldest);
    return known;
  }

  async #planOf(tenant: string): Promise<QuotaPlan | undefined> {
    return typeof this.#quotas === "function" ? this.#quotas(tenant) : this.#quotas;
  }
}

/** For routes that begin a run: call it before. @throws `budget.exceeded`. */
export function requireQuota({
  principal: { tenant },
  server,
  stores,
  signal,
}: Pick<
  RouteContext<unknown, unknown, unknown>,
  "principal" | "server" | "stores" | "signal"
>): Promise<void> {
  return server.quotas.admit({ tenant, stores, signal });
}

async function useIn(month: DayRange, stores: Whose["stores"], signal: AbortSignal | undefined) {
  const [stats, rows] = await Promise.all([
    stores.runs.stats(month, { signal }),
    stores.usage.list(month, { signal }),
  ]);
  return {
    tasks: stats.reduce((sum, { runs }) => sum + runs, 0),
    tokens: rows.reduce((sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens, 0),
    costUsd: rows.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0) / 1e9,
  };
}

function toUse(used: number, limit: number | undefined): z.output<typeof useSchema> {
  return limit === undefined ? { used } : { used, limit, left: Math.max(0, limit - used) };
}

function usedUp(
  name: keyof typeof MEASURES,
  limit: number,
  spent: number,
  resetsAt: string,
): SalesAgentError<"budget.exceeded"> {
  return new SalesAgentError("budget.exceeded", {
    message: `The month's quota of ${limit} ${name} is used up. It begins anew at ${resetsAt}.`,
    facts: { budget: `quota:${name}`, measure: MEASURES[name], limit, spent, held: 0, resetsAt },
    replay: "safe",
  });
}
