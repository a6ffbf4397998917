import type { DeadLetter, RecordKind } from "@salesagent/ports";
import type { SyncContext } from "./sync-context.js";

const PAGE_LETTERS = 1_000;

/**
 * Open letters of records of the CRM that could not be taken in, as they stood before some came again. One whose record came and
 * was refused again is another letter by then; one whose record came and was not is over.
 */
export class PullLetters {
  readonly #context: SyncContext;
  readonly #letters: ReadonlyMap<string, DeadLetter>;

  private constructor(context: SyncContext, letters: readonly (readonly [string, DeadLetter])[]) {
    this.#context = context;
    this.#letters = new Map(letters);
  }

  static async read(context: SyncContext, kind: RecordKind): Promise<PullLetters> {
    const { storage, connection, signal } = context;
    const filter = { connection, kind, status: "open" } as const;
    const letters: (readonly [string, DeadLetter])[] = [];
    for (let after: string | undefined; ; ) {
      const page = await storage.deadLetters.list(filter, { limit: PAGE_LETTERS, after }, { signal });
      for (const letter of page.items) {
        const { operation, recordId, crmId } = letter;
        if (operation === "pull" && recordId === undefined && crmId !== undefined)
          letters.push([crmId, letter]);
      }
      after = page.next;
      if (after === undefined) return new PullLetters(context, letters);
    }
  }

  /** Ends the letters of records that came, or are gone, once that is kept. */
  async endOf(records: Iterable<{ readonly id: string }>): Promise<void> {
    for (const { id } of records) if (this.#letters.has(id)) await this.#end(id);
  }

  /** Ends them after a walk over all records: what did not come is gone. */
  async endAll(): Promise<void> {
    for (const id of this.#letters.keys()) await this.#end(id);
  }

  async #end(crmId: string): Promise<void> {
    const { storage, signal } = this.#context;
    const before = this.#letters.get(crmId);
    const now = before && (await storage.deadLetters.get(before.id, { signal }));
    if (!now || now.updatedAt !== before.updatedAt || now.history.length !== before.history.length) return;
    await storage.deadLetters.end(now.id, "replayed", undefined, { signal });
  }
}
