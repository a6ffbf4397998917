import type { CrmLink, LinkStanding } from "@salesagent/ports";
import type { NormalLinkWrite } from "@salesagent/ports/store-rules";
import { createBulkSource } from "../bulk-source.js";
import { byInstant } from "../page-order.js";
import { createPageReader, type PageReader } from "../page-reader.js";
import type { RecordColumn } from "../record-columns.js";
import { createStatementCache, plannedAnew, reading, type Statement, writing } from "../statement.js";
import type { TableNames } from "../store-context.js";
import { leaseTime, toLeaseTime } from "../store-time.js";
import {
  dueThen,
  fromLinkRow,
  fromStandingRow,
  LINK_CONTENT,
  LINK_KEY,
  linkFields,
  STANDING_FIELDS,
} from "./link-rows.js";

const DUE: RecordColumn<NormalLinkWrite> = {
  name: "due_at",
  type: "timestamptz",
  read: ({ link }) => link.dueAt,
};
const CHANGE: readonly RecordColumn<NormalLinkWrite>[] = [
  ...[...LINK_KEY, ...LINK_CONTENT, DUE],
  { name: "if_revision", type: "bigint", read: ({ ifRevision }) => ifRevision },
  { name: "keep_due", type: "boolean", read: ({ keepDue }) => keepDue },
  { name: "keep_lease", type: "boolean", read: ({ keepLease }) => keepLease },
];
const NEW = createBulkSource([...LINK_KEY, ...LINK_CONTENT, DUE], 3);
const CHANGES = createBulkSource(CHANGE, 3);

export const toNewLinkValues = NEW.toValues;
export const toLinkChangeValues = CHANGES.toValues;

/** The SQL of the link store. The tenant is `$1` everywhere. Writes give the key and the `revision` of what they wrote. */
export interface LinkStatements {
  /** $2: now, then {@link toNewLinkValues}. Passes over records that have a link, and ids of the CRM that are taken. */
  readonly insert: Statement;
  /** $2: now, then {@link toLinkChangeValues}. Fails with 23505 where an id of the CRM is taken at the same time. */
  readonly change: Statement;
  /** $2–$5: connections, kinds, records and ids of the CRM. Gives, by `place` from 1, `revision` and `holder` of the id. */
  readonly standing: Statement;
  /** $2: connection, $3: kind, $4: ids, $5: now. */
  readonly findByRecords: Statement;
  readonly findByCrmIds: Statement;
  /** $2: connection, $3: kind, $4: ids of the CRM. */
  readonly findStandings: Statement;
  /** $2: connection, $3: kind, $4: when, $5: records, $6: ids of the CRM. Gives `found`. */
  readonly hint: Statement;
  /** $2: connection, $3: kinds, $4: now, $5: lease in milliseconds, $6: how many. */
  readonly claim: Statement;
  readonly list: PageReader<CrmLink>;
  readonly listStandings: PageReader<LinkStanding>;
  /** $1: now; of the links that meet a condition. Gives `kind`, `state`, `links` and `due`. */
  readonly count: (where: string) => Statement;
}

export function createLinkStatements(name: TableNames): LinkStatements {
  const links = name("crm_links");
  const written = "returning l.connection, l.kind, l.record_id, l.revision";
  const key = LINK_KEY.map((column) => column.name);
  const content = LINK_CONTENT.map((column) => column.name);
  const holder = (id: string) => `select h.record_id from ${links} h
    where h.tenant = $1 and h.connection = w.connection and h.kind = w.kind and h.crm_id = ${id}`;
  const find = (ids: string) =>
    reading(`select ${linkFields(dueThen("$5"))} from ${name("find_links")}($1, $2, $3, ${ids})`);
  const countStatement = createStatementCache((text) => plannedAnew(reading(text)));

  return {
    insert: writing(`insert into ${links} as l (tenant, ${NEW.names}, revision, created_at, updated_at)
      select $1, ${NEW.selected}, 1, $2::timestamptz, $2::timestamptz from ${NEW.from}
      on conflict do nothing ${written}`),
    change: plannedAnew(
      writing(`with w (${CHANGES.names}) as materialized (select ${CHANGES.selected} from ${CHANGES.from}),
        before as materialized (
          select w.*, l.revision, l.due_at as due_before, l.lease_until, l.created_at
          from w cross join lateral (
            select l.crm_id, l.revision, l.due_at, l.lease_until, l.created_at from ${links} l
            where l.tenant = $1 and l.connection = w.connection and l.kind = w.kind and l.record_id = w.record_id
            offset 0 for update
          ) l
          where (w.if_revision is null or l.revision = w.if_revision)
            and (w.crm_id is null or w.crm_id is not distinct from l.crm_id or not exists (${holder("w.crm_id")}))
        )
        insert into ${links} as l (tenant, ${[...key, ...content].join(", ")}, due_at, lease_until, revision, created_at,
          updated_at)
        select $1, ${[...key, ...content].map((column) => `w.${column}`).join(", ")},
          case when w.keep_due then least(w.due_at, w.due_before) else w.due_at end,
          case when w.keep_lease then w.lease_until end, w.revision + 1, w.created_at, $2::timestamptz
        from before w
        on conflict (tenant, connection, kind, record_id) do update set
          ${[...content, "due_at", "lease_until", "revision", "updated_at"].map((column) => `${column} = excluded.${column}`).join(", ")}
        ${written}`),
    ),
    standing: plannedAnew(
      reading(`select w.place, own.revision, held.record_id as holder
        from unnest($2::text[], $3::text[], $4::text[], $5::text[]) with ordinality
          as w (connection, kind, record_id, crm_id, place)
        left join lateral (select o.revision from ${links} o where o.tenant = $1 and o.connection = w.connection
          and o.kind = w.kind and o.record_id = w.record_id offset 0) own on true
        left join lateral (${holder("w.crm_id")} and h.record_id <> w.record_id offset 0) held on true`),
    ),
    findByRecords: find("$4::text[], '{}'"),
    findByCrmIds: find("'{}', $4::text[]"),
    findStandings: reading(
      `select ${STANDING_FIELDS} from ${name("find_links")}($1, $2, $3, '{}', $4::text[])`,
    ),
    hint: writing(
      `select ${name("hint_links")}($1, $2, $3, $4::timestamptz, $5::text[], $6::text[]) as found`,
    ),
    claim:
      writing(`select ${linkFields("due_at")} from ${name("claim_links")}($1, $2, $3::text[], $4::timestamptz,
      $5::bigint, $6::bigint)`),
    list: createPageReader({
      store: "links",
      table: ({ clock }, parameter) =>
        `(select *, ${dueThen(parameter(toLeaseTime(clock)))} as due_then from ${links})`,
      columns: linkFields("due_then"),
      order: byInstant("created_at"),
      fromRow: fromLinkRow,
    }),
    listStandings: createPageReader({
      ...{ store: "links", table: links, columns: STANDING_FIELDS, order: byInstant("created_at") },
      fromRow: fromStandingRow,
    }),
    count: (where) =>
      countStatement(`select kind, state, count(*) as links,
          count(*) filter (where lease_until is not null or due_at <= ${leaseTime("$1")}) as due
        from ${links} where ${where} group by kind, state`),
  };
}
