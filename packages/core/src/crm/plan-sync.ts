import type { CrmLink, CrmRecord, CrmRemoval, JsonObject, LinkFilter, RecordKind } from "@salesagent/ports";
import { backfillCursor, isBackfilled } from "./backfill.js";
import { misfitIn } from "./check-values.js";
import { classifyPage, type PageFindings } from "./classify-page.js";
import { decideLink } from "./decide-link.js";
import { KindFailures } from "./kind-failures.js";
import { notesOf } from "./link-notes.js";
import { isWaiting, PlannedRemovals } from "./planned-removals.js";
import { describeDecision, type PlannedWrite } from "./planned-write.js";
import { changesCursor, readCursor } from "./pull-changes.js";
import { isTooLate } from "./pull-or-walk.js";
import { appCursor, classifyChanges } from "./push-changes.js";
import { type LinkSides, readSides } from "./read-sides.js";
import { SeenIds } from "./seen-ids.js";
import { bulkCall, type SyncContext, supportOf, timeOf } from "./sync-context.js";

/** What a sync would write, in the order in which it would: as long as it is, it is never held as a whole. */
export type SyncPlan = AsyncIterable<PlannedWrite>;

const PAGE = 500;

/**
 * Tells what a sync would write just now, record by record and field by field, and writes nothing: it reads the same pages and the
 * same records, and decides by the same rules. What a record hangs on is told as far as that is linked already: a contact that would
 * be made with its company is told without it. Removals come last of their kind, as their number tells whether they would be held.
 *
 * @param full - As a sync that walks over all records again.
 * @throws While it is read: as a sync would.
 */
export function planSync(
  context: SyncContext,
  { full = false }: { readonly full?: boolean | undefined } = {},
): SyncPlan {
  return planAll(context, full);
}

async function* planAll(context: SyncContext, full: boolean): AsyncGenerator<PlannedWrite, void, undefined> {
  const failures = new KindFailures(context);
  for (const kind of context.kinds) {
    try {
      yield* new KindPlan(context, kind).run(full);
    } catch (error) {
      if (!failures.take(kind, error)) throw error;
    }
  }
  failures.throwIfAny();
}

/** The plan of one kind. */
class KindPlan {
  readonly #context: SyncContext;
  readonly #kind: RecordKind;
  /** Records that were told already, by the app's id or the CRM's: of what changed, not of all. */
  readonly #told = new Set<string>();
  readonly #removals = new PlannedRemovals();

  constructor(context: SyncContext, kind: RecordKind) {
    this.#context = context;
    this.#kind = kind;
  }

  async *run(full: boolean): AsyncGenerator<PlannedWrite, void, undefined> {
    const [context, kind] = [this.#context, this.#kind];
    const { list, changes } = supportOf(context, kind);
    const isWalked = list && (full || !changes || !(await isBackfilled(context, kind)));
    if (isWalked) yield* this.#walk(full);
    const cursor = changes ? (await readCursor(context, changesCursor(kind)))?.value : undefined;
    if (cursor) yield* this.#changes(cursor);
    yield* this.#app();
    yield* this.#due();
    yield* this.#pending();
    yield* this.#removals.tell(context, kind);
  }

  async *#walk(full: boolean): AsyncGenerator<PlannedWrite, void, undefined> {
    const stored = (await readCursor(this.#context, backfillCursor(this.#kind)))?.value;
    const goesOn = stored?.["done"] === false && !full && typeof stored["cursor"] === "string";
    yield* this.#walkFrom(goesOn ? { cursor: String(stored["cursor"]) } : {});
  }

  async *#walkFrom(from: { readonly cursor?: string }): AsyncGenerator<PlannedWrite, void, undefined> {
    const seen = new SeenIds();
    let isComplete = false;
    for await (const page of this.#context.provider.list(this.#kind, from, bulkCall(this.#context))) {
      yield* this.#page(page.records, []);
      for (const { id, mergedIds = [] } of page.records) for (const one of [id, ...mergedIds]) seen.add(one);
      isComplete = page.complete;
    }
    if (isComplete && from.cursor === undefined) yield* this.#missing(seen);
  }

  /** Links whose records a whole walk did not bring. */
  async *#missing(seen: SeenIds): AsyncGenerator<PlannedWrite, void, undefined> {
    for await (const links of this.#links({ state: "linked" })) {
      yield* this.#decide(links.filter(({ crmId }) => crmId !== undefined && !seen.has(crmId)));
    }
  }

  async *#changes(value: JsonObject): AsyncGenerator<PlannedWrite, void, undefined> {
    const { cursor, since } = value;
    const from = typeof cursor === "string" ? { cursor } : { since: String(since) };
    const pages = this.#context.provider.changes(this.#kind, from, bulkCall(this.#context));
    try {
      for await (const { records, removed } of pages) yield* this.#page(records, removed);
    } catch (error) {
      if (!(await isTooLate(this.#context, this.#kind, error))) throw error;
      yield* this.#walkFrom({});
    }
  }

  async *#page(
    records: readonly CrmRecord[],
    removed: readonly CrmRemoval[],
  ): AsyncGenerator<PlannedWrite, void, undefined> {
    const [context, kind] = [this.#context, this.#kind];
    const findings = await classifyPage(context, context.storage, kind, { records, removed });
    for (const { record, values } of findings.created) {
      if (!this.#isNew(`crm:${record.id}`)) continue;
      this.#removals.noteMade(1);
      yield { side: "app", op: "create", kind, crmId: record.id, changes: changesTo(values) };
    }
    for (const { crmId, error } of findings.refused) {
      yield { side: "app", op: "refuse", kind, crmId, changes: {}, reason: error.message };
    }
    yield* this.#decide(await this.#linksOf(findings));
  }

  /** Links as they would be when a page was taken in. */
  async #linksOf(findings: PageFindings): Promise<readonly CrmLink[]> {
    const { connection, signal, storage } = this.#context;
    const kind = this.#kind;
    const due = [...new Set(findings.due)];
    const found = due.length === 0 ? [] : await storage.links.findByCrmIds(connection, kind, due, { signal });
    const adopted = findings.adopted.map(
      ({ record, recordId, base }): CrmLink => ({
        ...this.#newLink(recordId),
        ...{ state: "linked", crmId: record.id, ...(base && { base }) },
      }),
    );
    const merged = findings.merged.map(
      ({ link, into }): CrmLink => ({ ...link, notes: { ...link.notes, mergedInto: into } }),
    );
    return [...found.filter((link) => link !== undefined), ...adopted, ...merged, ...findings.revived];
  }

  async *#app(): AsyncGenerator<PlannedWrite, void, undefined> {
    const { connection, signal, storage, direction } = this.#context;
    const kind = this.#kind;
    if (direction === "to-app") return;
    const stored = await readCursor(this.#context, appCursor(kind));
    let cursor = stored?.value["cursor"];
    for (let more = true; more; ) {
      const from = { limit: PAGE, ...(typeof cursor === "string" && { cursor }) };
      const changes = await storage.records.changes(kind, from, { signal });
      const { fresh, due } = await classifyChanges(this.#context, storage, kind, changes);
      const found =
        due.length === 0 ? [] : await storage.links.findByRecords(connection, kind, due, { signal });
      const made = fresh.map(({ link }) => this.#newLink(link.recordId));
      yield* this.#decide([...found.filter((link) => link !== undefined), ...made]);
      [cursor, more] = [changes.cursor, changes.more];
    }
  }

  /** What is due from before. */
  async *#due(): AsyncGenerator<PlannedWrite, void, undefined> {
    const { connection, signal, storage } = this.#context;
    const kind = this.#kind;
    const counts = await storage.links.count(connection, { kind }, { signal });
    if (counts.every(({ due }) => due === 0)) return;
    const now = timeOf(this.#context);
    for await (const links of this.#links({})) {
      yield* this.#decide(links.filter(({ dueAt }) => dueAt !== undefined && dueAt <= now));
    }
  }

  /** Removals that wait from before. */
  async *#pending(): AsyncGenerator<PlannedWrite, void, undefined> {
    for (const removal of ["to-app", "to-crm"] as const) {
      for await (const links of this.#links({ removal })) yield* this.#decide(links);
    }
  }

  /** Stored links of the kind, page by page. */
  async *#links(filter: Omit<LinkFilter, "kind">): AsyncGenerator<readonly CrmLink[], void, undefined> {
    const { connection, signal, storage } = this.#context;
    for (let after: string | undefined; ; ) {
      const want = { ...filter, kind: this.#kind };
      const page = await storage.links.list(connection, want, { after, limit: PAGE }, { signal });
      yield page.items;
      after = page.next;
      if (after === undefined) return;
    }
  }

  async *#decide(links: readonly CrmLink[]): AsyncGenerator<PlannedWrite, void, undefined> {
    const [context, kind] = [this.#context, this.#kind];
    const fresh = links.filter((link) => link.state !== "erased" && this.#isNew(`app:${link.recordId}`));
    const { batch } = context.limits;
    for (let at = 0; at < fresh.length; at += batch) {
      const some = fresh.slice(at, at + batch);
      for (const sides of await readSides(context, context.storage, kind, some)) {
        const refused = misfitIn(context, sides);
        if (refused) yield refusal(sides, refused.message);
        else yield* this.#describe(sides);
      }
    }
  }

  *#describe(sides: LinkSides): Generator<PlannedWrite, void, undefined> {
    const decision = decideLink(this.#context, afterRekey(sides));
    this.#removals.note(sides.link, decision);
    const writes = describeDecision(this.#context, sides, decision);
    if (!isWaiting(decision)) yield* writes;
    else for (const write of writes) this.#removals.add(write);
  }

  #isNew(name: string): boolean {
    if (this.#told.has(name)) return false;
    this.#told.add(name);
    return true;
  }

  #newLink(recordId: string): CrmLink {
    const at = timeOf(this.#context);
    const { connection } = this.#context;
    const dates = { createdAt: at, updatedAt: at };
    return { connection, kind: this.#kind, recordId, state: "new", failures: 0, revision: 0, ...dates };
  }
}

/** A link takes the id of what its record was merged into before it is looked at again; a plan goes on at once. */
function afterRekey(sides: LinkSides): LinkSides {
  const { link, crm, other } = sides;
  if (!crm || other || link.crmId === undefined || notesOf(link).attempt) return sides;
  return { ...sides, link: { ...link, crmId: crm.id } };
}

function refusal({ link, app, crm }: LinkSides, reason: string): PlannedWrite {
  const { kind, recordId } = link;
  const about = { kind, recordId, ...(crm && { crmId: crm.id }) };
  return { side: app ? "crm" : "app", op: "refuse", ...about, changes: {}, reason };
}

function changesTo(values: JsonObject): PlannedWrite["changes"] {
  return Object.fromEntries(Object.entries(values).map(([field, to]) => [field, { from: null, to }]));
}
