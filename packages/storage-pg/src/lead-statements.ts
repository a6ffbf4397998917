import type { Lead } from "@salesagent/ports";
import type { NormalDraft } from "@salesagent/ports/store-rules";
import { createBulkSource } from "./bulk-source.js";
import { json, optional, type Row, text } from "./columns.js";
import { bySeq } from "./page-order.js";
import { createPageReader, type PageReader } from "./page-reader.js";
import { type RecordColumn, toSelectList } from "./record-columns.js";
import { createStatementCache, reading, type Statement, writing } from "./statement.js";
import type { TableNames } from "./store-context.js";

/** A draft on its way in. */
export interface NewLead extends NormalDraft {
  readonly id: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
}

const NEW_COLUMNS: readonly RecordColumn<NewLead>[] = [
  { name: "id", type: "text", read: (lead) => lead.id },
  { name: "source", type: "text", read: (lead) => lead.source },
  { name: "stage", type: "text", read: (lead) => lead.stage },
  { name: "company", type: "json", read: (lead) => lead.company },
  { name: "contact", type: "optional json", read: (lead) => lead.contact },
  { name: "custom", type: "json", read: (lead) => lead.custom },
  { name: "keys", type: "json", read: (lead) => lead.keys },
  { name: "created_at", type: "timestamptz", read: (lead) => lead.createdAt },
  { name: "updated_at", type: "timestamptz", read: (lead) => lead.createdAt },
];
const newLeads = createBulkSource(NEW_COLUMNS, 4);

export const LEAD_FIELDS = [toSelectList(NEW_COLUMNS), "revision"].join(", ");

/** A lead as its row tells. */
export function fromLeadRow(row: Row): Lead {
  return {
    id: text(row, "id"),
    company: json<Lead["company"]>(row, "company"),
    ...optional("contact", row, "contact", json<NonNullable<Lead["contact"]>>),
    stage: text(row, "stage") as Lead["stage"],
    source: text(row, "source"),
    custom: json(row, "custom"),
    keys: json<Lead["keys"]>(row, "keys"),
    revision: text(row, "revision"),
    createdAt: text(row, "created_at"),
    updatedAt: text(row, "updated_at"),
  };
}

/** The SQL of the lead store. The tenant is `$1` everywhere. */
export interface LeadStatements {
  /** $2: id. */
  readonly get: Statement;
  /** $2: ids. */
  readonly getMany: Statement;
  /** $2: key. */
  readonly findByKey: Statement;
  /** $2: keys. Gives `key`, `lead_id` of those that are held. */
  readonly holders: Statement;
  /** $2: keys, $3: the id of each one's lead, then {@link toNewLeadValues}. Fails with 23505 where a key is held. */
  readonly insert: Statement;
  /** $2: id. Gives `revision`, `keys`, and locks the lead. */
  readonly lock: Statement;
  /** $2: id, $3: source, $4: stage, $5: company, $6: contact, $7: custom, $8: keys, $9: instant. */
  readonly replace: Statement;
  /** As `replace`, where the keys stay and, if $10 isn't null, the revision is $10. */
  readonly replaceContent: Statement;
  /** $2: keys to release, $3: keys to claim, $4: id. */
  readonly moveKeys: Statement;
  readonly list: PageReader<Lead>;
  /** Of the leads that meet a condition. */
  readonly count: (where: string) => Statement;
}

/** The leads that `insert` takes. */
export const toNewLeadValues = newLeads.toValues;

export function createLeadStatements(name: TableNames): LeadStatements {
  const leads = name("leads");
  const keys = name("lead_keys");
  const assign = `update ${leads} set source = $3, stage = $4, company = $5::json, contact = $6::json, custom = $7::json,
    keys = $8::json, revision = revision + 1, updated_at = $9::timestamptz where tenant = $1 and id = $2`;
  const counting = createStatementCache(reading);

  return {
    get: reading(`select ${LEAD_FIELDS} from ${leads} where tenant = $1 and id = $2`),
    getMany: reading(`select ${LEAD_FIELDS} from ${leads} where tenant = $1 and id = any($2::text[])`),
    findByKey: reading(`select ${LEAD_FIELDS} from ${keys} k
      join ${leads} l on l.tenant = k.tenant and l.id = k.lead_id where k.tenant = $1 and k.key = $2`),
    holders: reading(`select key, lead_id from ${keys} where tenant = $1 and key = any($2::text[])`),
    insert: writing(`with claimed as (
        insert into ${keys} (tenant, key, lead_id)
        select $1, k.key, k.lead_id from unnest($2::text[], $3::text[]) as k (key, lead_id)
      )
      insert into ${leads} (tenant, ${newLeads.names}, revision) select $1, ${newLeads.selected}, 1 from ${newLeads.from}`),
    lock: writing(`select revision, keys from ${leads} where tenant = $1 and id = $2 for update`),
    replace: writing(`${assign} returning ${LEAD_FIELDS}`),
    replaceContent: writing(
      `${assign} and keys::text = $8::text and ($10::text is null or revision::text = $10) returning ${LEAD_FIELDS}`,
    ),
    moveKeys: writing(`with released as (delete from ${keys} where tenant = $1 and key = any($2::text[]))
      insert into ${keys} (tenant, key, lead_id) select $1, key, $4 from unnest($3::text[]) as key`),
    list: createPageReader({
      store: "leads",
      table: leads,
      columns: LEAD_FIELDS,
      order: bySeq,
      fromRow: fromLeadRow,
    }),
    count: (where) => counting(`select count(*) as count from ${leads} where ${where}`),
  };
}
