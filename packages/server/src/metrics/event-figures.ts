import type { EventBus, SalesEventName, SalesEvents } from "@salesagent/ports";
import { Counter } from "./counter.js";
import type { Metric } from "./exposition.js";

/** What the app's events add up to in this process, since it began. */
export class EventFigures implements Disposable {
  readonly #runs = new Counter();
  readonly #cost = new Counter();
  readonly #syncs = new Counter();
  readonly #webhooks = new Counter();
  readonly #breakers = new Counter(200);
  readonly #others = new Counter();
  readonly #tenantLabels: boolean;
  readonly #listening: readonly Disposable[];

  /** @param tenantLabels - Whether tenants are told apart. */
  constructor(events: EventBus, tenantLabels: boolean) {
    this.#tenantLabels = tenantLabels;
    const on = <Name extends SalesEventName>(name: Name, listener: (event: SalesEvents[Name]) => void) =>
      events.on(name, listener);
    const counted = (
      name: "approval-requested" | "escalation-requested" | "budget-exceeded" | "model-failed-over",
    ) => on(name, ({ tenant, agent }) => this.#others.add(this.#of(tenant, { event: name, agent })));
    this.#listening = [
      on("run-completed", ({ tenant, agent, costUsd }) => {
        this.#runs.add(this.#of(tenant, { agent, status: "completed" }));
        this.#cost.add(this.#of(tenant, { agent }), costUsd ?? 0);
      }),
      on("run-failed", ({ tenant, agent }) => this.#runs.add(this.#of(tenant, { agent, status: "failed" }))),
      on("sync-completed", ({ tenant, connection }) =>
        this.#syncs.add(this.#of(tenant, { connection, status: "completed" })),
      ),
      on("sync-failed", ({ tenant, connection }) =>
        this.#syncs.add(this.#of(tenant, { connection, status: "failed" })),
      ),
      // Made-up names must not crowd out real ones.
      on("webhook-refused", ({ tenant, connection, problem, known }) =>
        this.#webhooks.add(
          this.#of(known ? tenant : "unknown", { connection: known ? connection : "unknown", problem }),
        ),
      ),
      on("breaker-opened", ({ name }) => this.#breakers.set({ name }, 1)),
      on("breaker-closed", ({ name }) => this.#breakers.set({ name }, 0)),
      ...[counted("approval-requested"), counted("escalation-requested")],
      ...[counted("budget-exceeded"), counted("model-failed-over")],
    ];
  }

  metrics(): readonly Metric[] {
    return [
      counter("salesagent_runs_ended_total", "Runs of agents that ended in this process.", this.#runs),
      counter("salesagent_run_cost_usd_total", "Known cost of completed runs, in USD.", this.#cost),
      counter("salesagent_syncs_ended_total", "Syncs that ended in this process.", this.#syncs),
      counter(
        "salesagent_webhooks_refused_total",
        "Webhooks that were not proved to be a CRM's.",
        this.#webhooks,
      ),
      counter("salesagent_events_total", "Events that somebody should know of.", this.#others),
      {
        name: "salesagent_breaker_open",
        type: "gauge",
        help: "1 while a circuit breaker of this process is open; 0 once it has closed again.",
        samples: this.#breakers.samples(),
      },
    ];
  }

  [Symbol.dispose](): void {
    for (const each of this.#listening) each[Symbol.dispose]();
  }

  #of(tenant: string, labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    return this.#tenantLabels ? { tenant, ...labels } : labels;
  }
}

const counter = (name: string, help: string, sums: Counter): Metric => ({
  ...{ name, help, type: "counter" },
  samples: sums.samples(),
});
