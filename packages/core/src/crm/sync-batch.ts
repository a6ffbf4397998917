import {
  type CrmLink,
  type CrmWrite,
  type CrmWritten,
  type JsonObject,
  type LinkDraft,
  type LinkWrite,
  type LinkWritten,
  type RecordKind,
  SalesAgentError,
} from "@salesagent/ports";
import { noBatchCounts } from "./counts.js";
import { addDeadLetter } from "./dead-letters.js";
import { failLink, isFatal } from "./link-failure.js";
import { notesOf, withNotes } from "./link-notes.js";
import { bulkCall, type SyncContext, type SyncStores } from "./sync-context.js";
import { SyncLog } from "./sync-log.js";

/** Links of one kind that are worked on together. */
export class SyncBatch {
  readonly log = new SyncLog();
  /** Records of the app whose CRM's record goes on with another link: it is not to be removed for them. */
  readonly takenOver = new Set<string>();
  readonly counts = noBatchCounts();
  /** A failure of the connection: thrown once what was done is kept. */
  fatal: SalesAgentError | undefined;
  readonly #startedMs: number;

  constructor(
    readonly context: SyncContext,
    readonly kind: RecordKind,
  ) {
    this.#startedMs = context.clock.elapsed();
  }

  /** Whether so much of the lease is over that no other write may begin. */
  get isLate(): boolean {
    const { clock, limits } = this.context;
    return clock.elapsed() - this.#startedMs > limits.leaseMs * 0.6;
  }

  /** Writes links; one that somebody else wrote meanwhile is that one's. */
  async writeLinks(stores: SyncStores, writes: readonly LinkWrite[]): Promise<readonly LinkWritten[]> {
    if (writes.length === 0) return [];
    return stores.links.writeMany(writes, { signal: this.context.signal });
  }

  /** Calls the CRM; what it throws befalls each row. */
  async writeCrm(writes: readonly CrmWrite[]): Promise<readonly CrmWritten[]> {
    const { context } = this;
    try {
      return await context.provider.writeMany(writes, bulkCall(context));
    } catch (error) {
      context.signal?.throwIfAborted();
      if (!SalesAgentError.is(error)) throw error;
      if (isFatal(error)) this.fatal ??= error;
      return writes.map(() => ({ status: "refused", error }));
    }
  }

  /** A link after a failure, and the letter to a person where it needs one. */
  async fail(
    stores: SyncStores,
    link: LinkDraft,
    error: SalesAgentError,
    work: { readonly operation: string; readonly payload?: JsonObject | undefined },
  ): Promise<LinkDraft> {
    const failure = failLink(this.context, link, error);
    const { recordId, crmId } = link;
    this.counts.failed += 1;
    if (isFatal(error)) this.fatal ??= error;
    if (!failure.isDead) {
      this.log.add({ action: "failed", recordId, crmId, code: error.code });
      return failure.link;
    }
    const letter = await addDeadLetter(this.context, stores, this.log, {
      ...{ kind: this.kind, recordId, crmId, error: failure.error, ...work },
    });
    return withNotes(failure.link, { letter });
  }

  /** Ends the letter of a link that came right. */
  async endLetter(stores: SyncStores, link: CrmLink): Promise<void> {
    const { letter } = notesOf(link);
    if (letter === undefined) return;
    await stores.deadLetters.end(letter, "replayed", undefined, { signal: this.context.signal });
  }
}
