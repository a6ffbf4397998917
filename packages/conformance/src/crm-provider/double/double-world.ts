import type {
  Clock,
  CrmChange,
  CrmDraft,
  CrmFields,
  CrmKind,
  CrmRecord,
  CrmWebhookRequest,
} from "@salesagent/ports";
import type { ManualClock } from "../../manual-clock.js";
import type {
  CrmWorld,
  CrmWorldEvent,
  CrmWorldFault,
  CrmWorldFaultScope,
  CrmWorldSigning,
  CrmWorldWrite,
} from "../crm-world.js";
import type { CrmDoubleOperation } from "./crm-double-options.js";
import type { DoubleParts } from "./double-provider.js";

/** The CRM behind a double's provider: acts as its users, and tells what stands and what was asked of it. */
export class CrmDoubleWorld implements CrmWorld {
  readonly #parts: DoubleParts;
  readonly #clock: Clock | ManualClock;

  constructor(parts: DoubleParts, clock: Clock | ManualClock) {
    this.#parts = parts;
    this.#clock = clock;
  }

  create<Kind extends CrmKind>(draft: CrmDraft<Kind>): string {
    return this.#settled().tables[draft.kind].create(draft).id;
  }

  edit<Kind extends CrmKind>(change: CrmChange<Kind>): void {
    this.#settled().tables[change.kind].update(change);
  }

  remove(kind: CrmKind, id: string): void {
    this.#settled().remove(kind, id);
  }

  /** Brings a record back that was removed. */
  restore(kind: CrmKind, id: string): void {
    this.#settled().tables[kind].restore(id);
  }

  merge(kind: CrmKind, survivorId: string, loserId: string): string {
    return this.#settled().tables[kind].merge(survivorId, loserId).id;
  }

  /** What stands under this very id; ids that were merged lead nowhere here. */
  read<Kind extends CrmKind>(kind: Kind, id: string): CrmRecord<Kind> | undefined {
    const table = this.#settled().tables[kind];
    const row = table.row(id);
    return row?.state === "stands" ? table.toRecord(row) : undefined;
  }

  standing(kind: CrmKind): readonly string[] {
    return this.records(kind).map(({ id }) => id);
  }

  /** All that stands, oldest first. */
  records<Kind extends CrmKind>(kind: Kind): readonly CrmRecord<Kind>[] {
    const table = this.#settled().tables[kind];
    return table.rows.flatMap((row) => (row.state === "stands" ? [table.toRecord(row)] : []));
  }

  /** How many records ever were, of a kind, by whomever they were made, with what they hold now or held at last. */
  created<Kind extends CrmKind>(
    kind: Kind,
    matches: (fields: CrmFields[Kind]) => boolean = () => true,
  ): number {
    return this.#parts.state.tables[kind].rows.filter(({ fields }) => matches(fields)).length;
  }

  writes(): readonly CrmWorldWrite[] {
    return [...this.#parts.calls.writes];
  }

  requests(): number {
    return this.#parts.calls.requests;
  }

  /** How often an operation was called, rows of batches included. */
  calls(operation?: CrmDoubleOperation): number {
    const { calls } = this.#parts;
    return operation === undefined ? calls.total : (calls.counts.get(operation) ?? 0);
  }

  fail(fault: CrmWorldFault, scope?: CrmWorldFaultScope): void {
    this.#parts.calls.arm(fault, scope);
  }

  /** @throws TypeError when the double's clock can't be moved. */
  pass(ms: number): void {
    if (!("advance" in this.#clock)) throw new TypeError("pass needs a manualClock() as options.clock");
    this.#clock.advance(ms);
    this.#parts.state.settle();
  }

  webhook(event: CrmWorldEvent, signing?: CrmWorldSigning): Promise<CrmWebhookRequest> {
    return this.#parts.webhooks.sign(event, signing);
  }

  #settled() {
    this.#parts.state.settle();
    return this.#parts.state;
  }
}
