import type { CrmLink, RecordKind } from "@salesagent/ports";
import type { LinkDecision } from "./decide-link.js";
import type { PlannedWrite } from "./planned-write.js";
import { removalRoom } from "./settle-removals.js";
import type { SyncContext } from "./sync-context.js";

/** Removals that a plan came upon, until it is known how many there are: beyond a limit a sync makes none. */
export class PlannedRemovals {
  readonly #writes: PlannedWrite[] = [];
  /** How many more wait after the sync than before it. */
  #more = 0;
  /** Links that the sync would make. */
  #made = 0;

  /** Counts a decision. */
  note(link: CrmLink, decision: LinkDecision): void {
    const waits = isWaiting(decision);
    if (waits && link.removal === undefined) this.#more += 1;
    else if (!waits && link.removal !== undefined) this.#more -= 1;
    const isNew = link.state === "new" || link.revision === 0;
    if (isNew && (decision.type === "create" || decision.type === "merge")) this.noteMade(1);
  }

  noteMade(links: number): void {
    this.#made += links;
  }

  /** Keeps the write of a removal that waits. */
  add(write: PlannedWrite): void {
    this.#writes.push(write);
  }

  /** All of them, once all else of the kind is told. */
  async *tell(context: SyncContext, kind: RecordKind): AsyncGenerator<PlannedWrite, void, undefined> {
    if (this.#writes.length === 0) return;
    const { waiting, limit } = await removalRoom(context, kind, { removals: this.#more, links: this.#made });
    for (const write of this.#writes) yield waiting > limit ? { ...write, held: true } : write;
  }
}

/** Whether it is a removal that is made only when it is known how many there are. */
export function isWaiting(decision: LinkDecision): boolean {
  return decision.type === "removal" && !decision.now;
}
