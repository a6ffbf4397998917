import type { LeadInsertOutcome, LeadStore } from "@salesagent/ports";
import {
  invalidValue,
  type NormalDraft,
  recordNotFound,
  staleRevision,
  toNormalDraft,
  toNormalLeadQuery,
  toStorable,
} from "@salesagent/ports/store-rules";
import { json, jsonText, number, text } from "./columns.js";
import type { Executor } from "./executor.js";
import type { LeadFinder } from "./lead-finding.js";
import { toKeyColumn } from "./lead-keys.js";
import { fromLeadRow, type LeadStatements, type NewLead, toNewLeadValues } from "./lead-statements.js";
import { toWhere } from "./page-reader.js";
import type { StoreContext } from "./store-context.js";

/** What becomes of a batch, given who holds which key. */
interface InsertPlan {
  readonly outcomes: readonly LeadInsertOutcome[];
  readonly inserted: readonly NewLead[];
}

function planInsert(drafts: readonly NewLead[], holders: ReadonlyMap<string, string>): InsertPlan {
  const claimed = new Map(holders);
  const inserted: NewLead[] = [];
  const outcomes = drafts.map((draft): LeadInsertOutcome => {
    for (const key of draft.keys) {
      const id = claimed.get(toKeyColumn(key));
      if (id !== undefined) return { status: "duplicate", id, key };
    }
    for (const key of draft.keys) claimed.set(toKeyColumn(key), draft.id);
    inserted.push(draft);
    return { status: "inserted", id: draft.id };
  });
  return { outcomes, inserted };
}

/** Keys are sorted, so that two batches that share keys wait for each other in one order. */
function toInsertValues(leads: readonly NewLead[]): readonly unknown[] {
  const keys = leads.flatMap(({ id, keys }) => keys.map((key) => ({ column: toKeyColumn(key), leadId: id })));
  keys.sort((left, right) => (left.column < right.column ? -1 : 1));
  return [keys.map(({ column }) => column), keys.map(({ leadId }) => leadId), ...toNewLeadValues(leads)];
}

/** Who holds which of the keys, by what their columns hold. */
async function readHolders(
  { tenant }: StoreContext,
  statements: LeadStatements,
  executor: Executor,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const columns = [...new Set(keys.map(toKeyColumn))];
  const rows = await executor.run("leads", statements.holders, [tenant, columns], undefined);
  return new Map(rows.map((row) => [text(row, "key"), text(row, "lead_id")]));
}

function toContentValues(id: string, content: NormalDraft, updatedAt: string): readonly unknown[] {
  const { source, stage, company, contact, custom, keys } = content;
  const columns = [JSON.stringify(company), jsonText(contact), JSON.stringify(custom), JSON.stringify(keys)];
  return [id, source, stage, ...columns, updatedAt];
}

export function createPgLeadStore(
  context: StoreContext,
  statements: LeadStatements,
  find: LeadFinder,
): LeadStore {
  const { tenant, executor, clock, createId } = context;
  const now = () => new Date(clock.now()).toISOString();

  const insert = async (
    within: Executor,
    leads: readonly NewLead[],
  ): Promise<readonly LeadInsertOutcome[]> => {
    const keys = leads.flatMap((lead) => lead.keys);
    const { outcomes, inserted } = planInsert(leads, await readHolders(context, statements, within, keys));
    if (inserted.length > 0) {
      await within.run("leads", statements.insert, [tenant, ...toInsertValues(inserted)], undefined);
    }
    return outcomes;
  };

  /** Replaces a lead whose keys change, or tells why it can't be replaced. */
  const replaceWithKeys = async (within: Executor, id: string, content: NormalDraft, ifRevision?: string) => {
    const [before] = await within.run("leads", statements.lock, [tenant, id], undefined);
    if (before === undefined) throw recordNotFound("leads", id);
    const revision = text(before, "revision");
    if (ifRevision !== undefined && ifRevision !== revision) throw staleRevision("leads", id, revision);
    const held = json<readonly string[]>(before, "keys");
    const claimed = content.keys.filter((key) => !held.includes(key));
    const released = held.filter((key) => !content.keys.includes(key));
    if ((await readHolders(context, statements, within, claimed)).size > 0) {
      throw invalidValue("leads", "draft.keys", "another lead holds one of them");
    }
    const moved = [released.map(toKeyColumn), claimed.map(toKeyColumn).sort()];
    await within.run("leads", statements.moveKeys, [tenant, ...moved, id], undefined);
    return within.run(
      "leads",
      statements.replace,
      [tenant, ...toContentValues(id, content, now())],
      undefined,
    );
  };

  return {
    port: "lead-store/1",
    async insertMany(drafts, call) {
      executor.admit("leads", call);
      const createdAt = now();
      const leads = drafts.map((draft, index) => ({
        ...toNormalDraft(`drafts[${index}]`, draft),
        id: createId(),
        createdAt,
      }));
      if (leads.length === 0) return [];
      return executor.together("leads", (within) => insert(within, leads), call);
    },
    async get(id, call) {
      const [row] = await executor.run(
        "leads",
        statements.get,
        [tenant, toStorable("leads", "id", id)],
        call,
      );
      return row === undefined ? undefined : fromLeadRow(row);
    },
    async getMany(ids, call) {
      const values = [tenant, toStorable("leads", "ids", ids)];
      const rows = await executor.run("leads", statements.getMany, values, call);
      const leads = new Map(rows.map((row) => [text(row, "id"), fromLeadRow(row)]));
      return ids.flatMap((id) => leads.get(id) ?? []);
    },
    async findByKey(key, call) {
      const values = [tenant, toKeyColumn(toStorable("leads", "key", key))];
      const [row] = await executor.run("leads", statements.findByKey, values, call);
      return row === undefined ? undefined : fromLeadRow(row);
    },
    async replace(id, draft, { ifRevision, ...call } = {}) {
      executor.admit("leads", call);
      const content = toNormalDraft("draft", draft);
      const values = [
        tenant,
        ...toContentValues(toStorable("leads", "id", id), content, now()),
        ifRevision ?? null,
      ];
      const [quick] = await executor.run("leads", statements.replaceContent, values, call);
      if (quick !== undefined) return fromLeadRow(quick);
      const work = (within: Executor) => replaceWithKeys(within, id, content, ifRevision);
      const [row] = await executor.together("leads", work, call);
      if (row === undefined) throw recordNotFound("leads", id);
      return fromLeadRow(row);
    },
    async list({ stage, source } = {}, page, call) {
      return statements.list(context, { stage, source }, page, call);
    },
    async count({ stage, source } = {}, call) {
      const values: unknown[] = [];
      const where = toWhere("leads", tenant, { stage, source }, values);
      const [row] = await executor.run("leads", statements.count(where), values, call);
      return row === undefined ? 0 : number(row, "count");
    },
    async find(query = {}, page, call) {
      executor.admit("leads", call);
      return find(context, toNormalLeadQuery(query), page, call);
    },
  };
}
