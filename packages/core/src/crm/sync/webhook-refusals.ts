import type { AuditRecord, Clock, EventBus, JsonObject, Storage } from "@salesagent/ports";

/** A request to a webhook that is not proved to come from the CRM. */
export interface WebhookRefusal {
  readonly tenant: string;
  readonly connection: string;
  /** As in `crm.webhook_refused`. */
  readonly problem: string;
}

/** How many refusals of a tenant's connection are put on record one by one within {@link WINDOW_MS}. */
const MOST_ROWS = 10;
const WINDOW_MS = 60_000;

/** What was refused of one connection since its window began. */
interface Window {
  readonly tenant: string;
  readonly connection: string;
  /** ISO 8601 in UTC. */
  readonly since: string;
  rows: number;
  /** What has no row of its own, by its problem. */
  readonly leftOut: Map<string, number>;
}

/**
 * Puts refused webhooks on the audit trail of the tenants that they were for, in this process. Anybody can send such requests, so a
 * flood of them must not fill the storage: of each connection ten in a minute have rows of their own, and one more row counts the rest.
 * Nothing is kept for a tenant that never synced the connection, since outsiders make such names up; the bus is told of all.
 */
export class WebhookRefusals {
  readonly #storage: Storage;
  readonly #events: EventBus | undefined;
  readonly #clock: Clock;
  readonly #createId: () => string;
  readonly #windows = new Map<string, Window>();

  constructor(options: {
    readonly storage: Storage;
    readonly events: EventBus | undefined;
    readonly clock: Clock;
    readonly createId: () => string;
  }) {
    this.#storage = options.storage;
    this.#events = options.events;
    this.#clock = options.clock;
    this.#createId = options.createId;
  }

  /** @throws What the storage throws. */
  async add(refusal: WebhookRefusal): Promise<void> {
    const known = this.#windows.has(nameOf(refusal)) || (await this.#isSynced(refusal));
    this.#events?.emit("webhook-refused", { ...refusal, at: this.#now(), known });
    if (!known) return;
    const { tenant, connection, problem } = refusal;
    const window = this.#windowOf(refusal);
    if (window.rows >= MOST_ROWS) {
      window.leftOut.set(problem, (window.leftOut.get(problem) ?? 0) + 1);
      return;
    }
    window.rows += 1;
    await this.#put(tenant, connection, "webhook-refused", { problem });
  }

  async #isSynced({ tenant, connection }: WebhookRefusal): Promise<boolean> {
    return (await this.#storage.tenant(tenant).syncCursors.list(connection)).length > 0;
  }

  #windowOf(of: Pick<WebhookRefusal, "tenant" | "connection">): Window {
    const { tenant, connection } = of;
    const name = nameOf(of);
    const open = this.#windows.get(name);
    if (open) return open;
    const window: Window = { tenant, connection, since: this.#now(), rows: 0, leftOut: new Map() };
    this.#windows.set(name, window);
    this.#clock.schedule(WINDOW_MS, () => this.#close(name));
    return window;
  }

  #close(name: string): void {
    const window = this.#windows.get(name);
    this.#windows.delete(name);
    if (!window || window.leftOut.size === 0) return;
    const { tenant, connection, since, leftOut } = window;
    const count = [...leftOut.values()].reduce((sum, each) => sum + each, 0);
    const facts = { count, since, problems: Object.fromEntries(leftOut) };
    this.#put(tenant, connection, "webhooks-refused", facts).catch(() => this.#carryOver(window));
  }

  /** The storage is away: what it did not take is counted with what comes until the next try. */
  #carryOver(missed: Window): void {
    const { leftOut } = this.#windowOf(missed);
    for (const [problem, count] of missed.leftOut) leftOut.set(problem, (leftOut.get(problem) ?? 0) + count);
  }

  async #put(tenant: string, connection: string, action: string, facts: JsonObject): Promise<void> {
    const subject = `connection:${connection}`;
    const record: AuditRecord = {
      ...{ id: this.#createId(), at: this.#now(), actor: "webhook", action, subject, facts },
    };
    await this.#storage.tenant(tenant).audit.addMany([record]);
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

const nameOf = ({ tenant, connection }: Pick<WebhookRefusal, "tenant" | "connection">): string =>
  JSON.stringify([tenant, connection]);
