import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LONG_AGO, link, linkWant } from "../testing/sync-rows.js";
import { type NamedCalls, UnanalysedTables } from "../testing/unanalysed-tables.js";

let tables: UnanalysedTables;

const ids = (from: number, count: number) => Array.from({ length: count }, (_, index) => `${from + index}`);

/** What is done in each case, as it is done by workers day after day. */
const calls: NamedCalls = {
  "claims due links": ({ links }) => links.claim(linkWant({ kinds: ["company", "contact"], limit: 20 })),
  "hints by records": ({ links }) =>
    links.hint({ connection: "close", kind: "contact", dueAt: LONG_AGO, recordIds: ids(1, 20) }),
  "hints by ids of the CRM": ({ links }) =>
    links.hint({
      connection: "close",
      kind: "contact",
      dueAt: LONG_AGO,
      crmIds: ids(1, 20).map((id) => `crm-${id}`),
    }),
  "finds links by records": ({ links }) => links.findByRecords("close", "contact", ids(50, 20)),
  "finds links by ids of the CRM": ({ links }) =>
    links.findByCrmIds(
      "close",
      "contact",
      ids(50, 20).map((id) => `crm-${id}`),
    ),
  "finds how links stand": ({ links }) =>
    links.findStandings(
      "close",
      "contact",
      ids(50, 20).map((id) => `crm-${id}`),
    ),
  "changes links": ({ links }) =>
    links.writeMany(
      ids(9000, 20).map((id) => ({ link: link(id, { notes: { seen: true } }), ifRevision: 1 })),
    ),
  "makes records with their links, which have links of before": ({ links }) =>
    links.makeRecords({
      ...{ connection: "close", kind: "contact" },
      records: ids(1, 20).map((id) => ({
        ...{ recordId: `made-${id}`, crmId: `crm-made-${id}` },
        draft: { fields: {}, keys: [`email:made-${id}`] },
      })),
    }),
  "pages through links": ({ links }) => links.list("close", {}, { limit: 20 }),
  "pages through how links stand": ({ links }) =>
    links.listStandings("close", { kind: "contact", state: "linked" }, { limit: 20 }),
  "pages through links of a kind": ({ links }) => links.list("close", { kind: "contact" }, { limit: 20 }),
  "lists links that are held": ({ links }) => links.list("close", { state: "held" }, { limit: 20 }),
  "lists pending removals": ({ links }) => links.list("close", { removal: "to-app" }, { limit: 20 }),
  "reads records": ({ records }) => records.getMany("contact", ids(70, 20)),
  "finds records by keys": ({ records }) =>
    records.findByKeys(
      "contact",
      ids(90, 20).map((id) => `email:${id}`),
    ),
  "changes records": ({ records }) =>
    records.writeMany(
      ids(9100, 20).map((id) => ({
        ...{ op: "put" as const, kind: "contact" as const, id, ifRevision: undefined },
        draft: { fields: {}, keys: [`email:new-${id}`] },
      })),
    ),
  "removes records": ({ records }) =>
    records.writeMany(ids(9200, 20).map((id) => ({ op: "remove" as const, kind: "contact" as const, id }))),
  "pages through records": ({ records }) => records.list("contact", { limit: 20 }),
  "follows changes": ({ records }) => records.changes("contact", { limit: 20 }),
  "claims requests to webhooks": ({ inbox }) => inbox.claim({ source: "close", leaseMs: 60_000, limit: 20 }),
};

beforeAll(async () => {
  tables = await UnanalysedTables.plannedFor(calls, ["records", "record_keys", "crm_links", "inbox"]);
  await tables.database.query("delete from salesagent.records; delete from salesagent.record_keys");
  await tables.fill(
    "records (tenant, kind, id, changed_in, fields, keys, created_at, updated_at)",
    `'acme', 'contact', n::text, pg_current_xact_id(), '{}', json_build_array('email:' || n), now(), now()`,
  );
  await tables.fill(
    "record_keys (tenant, key_hash, record_id)",
    `'acme', hashtextextended('acme' || chr(31) || 'contact' || chr(31) || 'email:' || n, 0), n::text`,
  );
  await tables.fill(
    `crm_links (tenant, connection, kind, record_id, crm_id, state, removal, failures, due_at, revision, created_at,
      updated_at)`,
    `'acme', 'close', 'contact', n::text, 'crm-' || n, case when n % 1000 = 0 then 'held' else 'linked' end,
      case when n % 1000 = 1 then 'to-app' end, 0, '2001-01-01'::timestamptz + n * interval '1 second', 1, now(), now()`,
  );
  await tables.fill(
    "inbox (tenant, id, source, key, body, hints, status, attempts, received_at)",
    `'acme', n::text, 'close', n::text, '', '{}', 'received', 0, now()`,
  );
}, 60_000);

afterAll(() => tables[Symbol.asyncDispose]());

describe("tables that grew from nothing to tens of thousands of rows, and that nobody has analysed", () => {
  it.each(Object.entries(calls))("are not read through by what %s", async (_, call) => {
    const read = await tables.readBy(call);
    expect(read).not.toEqual([]);
    expect(read.filter(({ scanned, fetched }) => scanned > 0 || fetched > 500)).toEqual([]);
  });
});
