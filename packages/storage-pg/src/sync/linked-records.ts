import type { CallOptions, LinkedRecordMade } from "@salesagent/ports";
import {
  type LinkedRecords,
  mayBeUnstorable,
  type NormalLinkedRecord,
  toNormalLinkedRecords,
  toWritable,
} from "@salesagent/ports/store-rules";
import { toArrayText } from "../array-text.js";
import { jsonText, type Row, text } from "../columns.js";
import { reading, type Statement, writing } from "../statement.js";
import type { StoreContext, TableNames } from "../store-context.js";
import { toStoreTime } from "../store-time.js";
import { hashOf, type RecordStatements, toRemovalValues } from "./record-statements.js";

/** More rows go in several statements, so that neither side holds the text of all at once. */
const MOST_ROWS = 1000;

export interface LinkedRecordStatements {
  /** $2: now, then {@link toMadeValues}. Gives `id` and `made` of those that have no link of the statement's: mostly of none. */
  readonly make: Statement;
  /** $2: connection, $3: kind, $4: ids of the CRM. Gives `crm_id` and `holder`. */
  readonly holders: Statement;
  readonly remove: RecordStatements["remove"];
}

/**
 * Records, their keys and their links in one statement. The base of a link is what its record says, which is sent once: the two, or
 * three, parts of it as a list.
 */
export function createLinkedRecordStatements(name: TableNames): Omit<LinkedRecordStatements, "remove"> {
  const [records, links] = [name("records"), name("crm_links")];
  return {
    make: writing(`with wanted as materialized (
        select * from unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::json[], $10::timestamptz[])
          as w (id, crm_id, crm_hash, crm_updated_at, notes, due_at)
      ),
      made as (
        insert into ${records} as r (tenant, kind, id, fields, custom, links, keys, field_times, changed_in, created_at, updated_at)
        select $1, $4, w.id, w.fields, w.custom, w.links, w.keys, w.field_times, pg_current_xact_id(), $2::timestamptz,
          $2::timestamptz
        from rows from (unnest($5::text[], $11::json[], $12::json[]), json_array_elements($13::json),
          json_array_elements($14::json), json_array_elements($15::json)) as w (id, links, field_times, fields, custom, keys)
        on conflict (tenant, kind, id) do nothing returning r.id, r.revision, r.fields, r.custom, r.links, r.keys
      ),
      kept as (
        insert into ${name("record_keys")} (tenant, key_hash, record_id) select $1, ${hashOf("$4", "k.key")}, m.id
        from made m cross join lateral json_array_elements_text(m.keys) as k (key)
      ),
      linked as (
        insert into ${links} as l (tenant, connection, kind, record_id, crm_id, state, base_app, record_revision, crm_hash,
          crm_updated_at, notes, failures, due_at, revision, created_at, updated_at)
        select $1, $3, $4, m.id, w.crm_id, 'linked', json_build_array(m.fields, m.custom, m.links), m.revision::text, w.crm_hash,
          w.crm_updated_at, w.notes, 0, w.due_at, 1, $2::timestamptz, $2::timestamptz
        from made m join wanted w on w.id = m.id
        on conflict do nothing returning l.record_id
      )
      select w.id, m.id is not null as made from wanted w left join made m on m.id = w.id
      left join linked l on l.record_id = w.id where l.record_id is null`),
    holders: reading(
      `select crm_id, record_id as holder from ${name("find_links")}($1, $2, $3, '{}', $4::text[])`,
    ),
  };
}

const jsonOf = (value: object | undefined) =>
  value === undefined || Object.keys(value).length === 0 ? null : jsonText(value);

function toMadeValues({ connection, kind, records }: LinkedRecords<NormalLinkedRecord>): readonly string[] {
  const array = (read: (record: NormalLinkedRecord) => unknown) => toArrayText(records.map(read));
  const list = (read: (record: NormalLinkedRecord) => unknown) => JSON.stringify(records.map(read));
  return [
    ...[connection, kind],
    array(({ recordId }) => recordId),
    array(({ crmId }) => crmId),
    array(({ crmHash }) => crmHash),
    array(({ crmUpdatedAt }) => crmUpdatedAt),
    array(({ notes }) => jsonOf(notes)),
    array(({ dueAt }) => dueAt),
    array(({ draft }) => jsonOf(draft.links)),
    array(({ draft }) => jsonOf(draft.fieldTimes)),
    list(({ draft }) => draft.fields),
    list(({ draft }) => draft.custom),
    list(({ draft }) => draft.keys),
  ];
}

/** Rows of one statement. */
interface Part {
  readonly ids: readonly string[];
  readonly texts: readonly string[];
}

/** The statements of a call, as text at once: whoever called may change what it gave. @throws `store.invalid`. */
function toParts(want: LinkedRecords): readonly Part[] {
  const { records, ...of } = toNormalLinkedRecords(want, toWritable);
  const parts: Part[] = [];
  for (let at = 0; at < records.length; at += MOST_ROWS) {
    const chunk = records.slice(at, at + MOST_ROWS);
    parts.push({
      ids: chunk.map(({ recordId }) => recordId),
      texts: toMadeValues({ ...of, records: chunk }),
    });
  }
  if (parts.some(({ texts }) => texts.some(mayBeUnstorable))) toNormalLinkedRecords(want);
  return parts;
}

/** Makes records and links them: all but those whose id, or the CRM's, is taken. */
export async function makeLinkedRecords(
  context: StoreContext,
  statements: LinkedRecordStatements,
  want: LinkedRecords,
  call: CallOptions | undefined,
): Promise<readonly LinkedRecordMade[]> {
  const parts = toParts(want);
  if (parts.length === 0) return [];
  const ids = parts.flatMap((part) => part.ids);
  const crmIds = new Map(want.records.map(({ recordId, crmId }) => [recordId, crmId]));
  const refused = await context.executor.together(
    "links",
    (executor) =>
      new LinkedWriter({ ...context, executor }, statements, { ...want, crmIds }, call).make(parts),
    call,
  );
  return ids.map((id) => refused.get(id) ?? { status: "made" });
}

type Refusals = Map<string, Exclude<LinkedRecordMade, { readonly status: "made" }>>;

/** Writes in one transaction. */
class LinkedWriter {
  readonly #refused: Refusals = new Map();

  constructor(
    private readonly context: StoreContext,
    private readonly statements: LinkedRecordStatements,
    private readonly want: Pick<LinkedRecords, "connection" | "kind"> & {
      readonly crmIds: ReadonlyMap<string, string>;
    },
    private readonly call: CallOptions | undefined,
  ) {}

  async make(parts: readonly Part[]): Promise<Refusals> {
    for (const { texts } of parts) {
      const rows = await this.#run(this.statements.make, toStoreTime(this.context.clock), ...texts);
      for (const row of rows) this.#refused.set(text(row, "id"), { status: "stale" });
      const unlinked = rows.filter((row) => text(row, "made") === "t").map((row) => text(row, "id"));
      if (unlinked.length > 0) await this.#undo(unlinked);
    }
    return this.#refused;
  }

  /** Takes away records whose counterparts are linked with others. */
  async #undo(ids: readonly string[]): Promise<void> {
    const { connection, kind, crmIds } = this.want;
    const removals = toRemovalValues(ids.map((id) => ({ op: "remove", kind, id })));
    await this.#run(this.statements.remove, toStoreTime(this.context.clock), ...removals);
    const wanted = ids.map((id) => crmIds.get(id));
    const rows = await this.#run(this.statements.holders, connection, kind, wanted);
    const holders = new Map(rows.map((row) => [text(row, "crm_id"), text(row, "holder")]));
    for (const id of ids) {
      const recordId = holders.get(crmIds.get(id) ?? "") ?? id;
      this.#refused.set(id, { status: "taken", recordId });
    }
  }

  #run(statement: Statement, ...values: readonly unknown[]): Promise<readonly Row[]> {
    const { executor, tenant } = this.context;
    return executor.run("links", statement, [tenant, ...values], this.call);
  }
}
