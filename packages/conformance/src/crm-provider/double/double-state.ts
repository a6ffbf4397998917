import type { Clock, CrmCapabilities, CrmKind } from "@salesagent/ports";
import type { CrmDoubleOptions } from "./crm-double-options.js";
import type { DoubleErrors } from "./double-errors.js";
import { createRewriter } from "./double-rewrites.js";
import type { DoubleStamps } from "./double-stamps.js";
import { type DoubleContext, DoubleTable } from "./double-table.js";

type Tables = { readonly [Kind in CrmKind]: DoubleTable<Kind> };

const NO_SUPPORT = {
  ...{ create: false, update: false, remove: false, list: false, changes: false, removals: false },
  ...{ lookup: [], maxBatch: 1, fields: [] },
} as const;

/** All that a double's CRM holds. */
export class DoubleState {
  readonly tables: Tables;
  readonly #context: DoubleContext;
  readonly #clock: Clock;
  readonly #bumps: { readonly kind: CrmKind; readonly id: string; readonly dueMs: number }[] = [];
  #bumped = 0;

  constructor(
    options: CrmDoubleOptions,
    made: {
      readonly clock: Clock;
      readonly random: () => number;
      readonly errors: DoubleErrors;
      readonly capabilities: CrmCapabilities;
      readonly stamps: DoubleStamps;
    },
  ) {
    const { clock, random, errors, capabilities, stamps } = made;
    const bumpAfterMs = options.stamps?.bumpAfterMs;
    this.#clock = clock;
    this.#context = {
      ...{ options, errors, random, stamps, epoch: 0 },
      now: () => clock.now(),
      rewrite: createRewriter(options.rewrites, options.maxChars),
      standingId: (kind, id) => this.tables[kind].resolve(id)?.id,
      wrote: (kind, id) => {
        if (bumpAfterMs !== undefined) this.#bumps.push({ kind, id, dueMs: clock.now() + bumpAfterMs });
      },
    };
    const table = <Kind extends CrmKind>(kind: Kind) =>
      new DoubleTable(kind, capabilities.kinds[kind] ?? NO_SUPPORT, this.#context);
    this.tables = {
      contact: table("contact"),
      company: table("company"),
      deal: table("deal"),
      activity: table("activity"),
    };
  }

  /** Moves the stamps that are due to move by themselves. Goes before everything that reads or writes. */
  settle(): void {
    for (let bump = this.#bumps[this.#bumped]; bump; bump = this.#bumps[this.#bumped]) {
      if (bump.dueMs > this.#clock.now()) break;
      this.#bumped += 1;
      this.#touch(bump.kind, bump.id, bump.dueMs);
    }
    if (this.#bumped > 1000) {
      this.#bumps.splice(0, this.#bumped);
      this.#bumped = 0;
    }
  }

  /** Removes a record, and with it those that can't be without it. */
  remove(kind: CrmKind, id: string): boolean {
    if (!this.tables[kind].remove(id)) return false;
    for (const table of Object.values(this.tables)) {
      if (table.support.requiredLink !== kind) continue;
      for (const row of [...table.rows])
        if (row.state === "stands" && row.links[kind]?.[0] === id) this.remove(table.kind, row.id);
    }
    return true;
  }

  #touch<Kind extends CrmKind>(kind: Kind, id: string, atMs: number): void {
    const table = this.tables[kind];
    const row = table.row(id);
    if (row?.state === "stands") table.touch(row, atMs);
  }
}
