import type { Lead, LeadFilter, LeadInsertOutcome, LeadStore } from "@salesagent/ports";
import {
  invalidValue,
  type NormalDraft,
  recordNotFound,
  staleRevision,
  toNormalDraft,
  toNormalLeadQuery,
  toNormalPage,
  toStorable,
} from "@salesagent/ports/store-rules";
import { findLeads } from "./find-leads.js";
import { now, type StoreContext } from "./store-context.js";

function toTest({ stage, source }: LeadFilter): (lead: Lead) => boolean {
  return (lead) =>
    (stage === undefined || lead.stage === stage) && (source === undefined || lead.source === source);
}

export function createMemoryLeadStore({ rows, clock, createId, admit }: StoreContext): LeadStore {
  const insert = (draft: NormalDraft): LeadInsertOutcome => {
    for (const key of draft.keys) {
      const holder = rows.leadKeys.get(key);
      if (holder !== undefined) return { status: "duplicate", id: holder, key };
    }
    const id = createId();
    const createdAt = now(clock);
    rows.leads.insert(id, 0, Object.freeze({ ...draft, id, revision: "1", createdAt, updatedAt: createdAt }));
    for (const key of draft.keys) rows.leadKeys.set(key, id);
    return { status: "inserted", id };
  };

  const moveKeys = (id: string, before: readonly string[], after: readonly string[]): void => {
    const foreign = after.find((key) => (rows.leadKeys.get(key) ?? id) !== id);
    if (foreign !== undefined) throw invalidValue("leads", "draft.keys", "another lead holds one of them");
    for (const key of before) rows.leadKeys.delete(key);
    for (const key of after) rows.leadKeys.set(key, id);
  };

  return {
    port: "lead-store/1",
    async insertMany(drafts, call) {
      admit("leads", call);
      return drafts.map((draft, index) => toNormalDraft(`drafts[${index}]`, draft)).map(insert);
    },
    async get(id, call) {
      admit("leads", call);
      return rows.leads.get(toStorable("leads", "id", id));
    },
    async getMany(ids, call) {
      admit("leads", call);
      return toStorable("leads", "ids", ids).flatMap((id) => rows.leads.get(id) ?? []);
    },
    async findByKey(key, call) {
      admit("leads", call);
      const id = rows.leadKeys.get(toStorable("leads", "key", key));
      return id === undefined ? undefined : rows.leads.get(id);
    },
    async replace(id, draft, { ifRevision, ...call } = {}) {
      admit("leads", call);
      const content = toNormalDraft("draft", draft);
      const before = rows.leads.get(toStorable("leads", "id", id));
      if (before === undefined) throw recordNotFound("leads", id);
      if (ifRevision !== undefined && ifRevision !== before.revision) {
        throw staleRevision("leads", id, before.revision);
      }
      moveKeys(id, before.keys, content.keys);
      const lead = Object.freeze({
        ...content,
        id,
        revision: String(Number(before.revision) + 1),
        createdAt: before.createdAt,
        updatedAt: now(clock),
      });
      rows.leads.replace(id, lead);
      return lead;
    },
    async list(filter = {}, page, call) {
      admit("leads", call);
      const scan = {
        page: toNormalPage("leads", page),
        where: toTest(toStorable("leads", "filter", filter)),
      };
      return rows.leads.page(scan);
    },
    async count(filter = {}, call) {
      admit("leads", call);
      return rows.leads.count(toTest(toStorable("leads", "filter", filter)));
    },
    async find(query = {}, page, call) {
      admit("leads", call);
      return findLeads(rows, toNormalLeadQuery(query), toNormalPage("leads", page));
    },
  };
}
