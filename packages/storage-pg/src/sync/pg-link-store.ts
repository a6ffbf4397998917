import type {
  CallOptions,
  LinkCount,
  LinkFilter,
  LinkStore,
  LinkWritten,
  Page,
  PageRequest,
  RecordKind,
} from "@salesagent/ports";
import {
  compareLinkCounts,
  type NormalLinkWrite,
  toNormalHint,
  toNormalKind,
  toNormalLinkFilter,
  toNormalLinkWant,
  toNormalLinkWrites,
  toNormalName,
  toStorable,
  transactionContended,
} from "@salesagent/ports/store-rules";
import { toArrayText } from "../array-text.js";
import { number, type Row, text } from "../columns.js";
import { type PageReader, type SqlCondition, toWhere } from "../page-reader.js";
import type { Statement } from "../statement.js";
import type { StoreContext } from "../store-context.js";
import { toLeaseTime, toStoreTime } from "../store-time.js";
import { fromLinkRow, fromStandingRow } from "./link-rows.js";
import { type LinkStatements, toLinkChangeValues, toNewLinkValues } from "./link-statements.js";
import { type LinkedRecordStatements, makeLinkedRecords } from "./linked-records.js";

/** More rows go in several statements, so that neither side holds the text of all at once. */
const MOST_ROWS = 1000;
/** What others write at the same time may leave open how a write went; then it is made again. */
const MOST_ROUNDS = 10;

type Outcomes = Map<NormalLinkWrite, LinkWritten>;

const keyOf = (connection: string, kind: string, id: string) => JSON.stringify([connection, kind, id]);
const keyOfWrite = ({ link }: NormalLinkWrite) => keyOf(link.connection, link.kind, link.recordId);

/** Writes in parts of which each wants an id of a CRM once, and is no larger than a statement. */
function toParts(writes: readonly NormalLinkWrite[]): readonly (readonly NormalLinkWrite[])[] {
  const parts: NormalLinkWrite[][] = [[]];
  let wanted = new Set<string>();
  for (const write of writes) {
    const { connection, kind, crmId } = write.link;
    const id = crmId === undefined ? undefined : keyOf(connection, kind, crmId);
    if ((parts.at(-1)?.length ?? 0) >= MOST_ROWS || (id !== undefined && wanted.has(id))) {
      parts.push([]);
      wanted = new Set();
    }
    parts.at(-1)?.push(write);
    if (id !== undefined) wanted.add(id);
  }
  return parts;
}

/** How a write that was not made went; nothing where that is still open. */
function toRefusal({ link, ifRevision }: NormalLinkWrite, row: Row | undefined): LinkWritten | undefined {
  const own = row?.["revision"] ?? null;
  const revision = own === null ? {} : { revision: Number(own) };
  if (ifRevision !== undefined && ifRevision !== (revision.revision ?? null))
    return { status: "stale", ...revision };
  const holder = row?.["holder"] ?? null;
  return link.crmId === undefined || holder === null ? undefined : { status: "taken", recordId: holder };
}

/** Writes links of one tenant: those that may be there are changed, then the others added. */
class LinkWriter {
  constructor(
    private readonly context: StoreContext,
    private readonly statements: LinkStatements,
    private readonly call: CallOptions | undefined,
  ) {}

  async write(writes: readonly NormalLinkWrite[]): Promise<Outcomes> {
    const outcomes: Outcomes = new Map();
    for (const part of toParts(writes)) await this.#writePart(part, outcomes);
    return outcomes;
  }

  async #writePart(writes: readonly NormalLinkWrite[], outcomes: Outcomes): Promise<void> {
    const open = () => writes.filter((write) => !outcomes.has(write));
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const changes = open().filter(({ ifRevision }) => ifRevision !== null);
      // in one order, so that calls which change the same links wait for each other
      changes.sort((left, right) => (keyOfWrite(left) < keyOfWrite(right) ? -1 : 1));
      await this.#run(this.statements.change, changes, toLinkChangeValues, outcomes);
      const additions = open().filter(({ ifRevision }) => typeof ifRevision !== "number");
      await this.#run(this.statements.insert, additions, toNewLinkValues, outcomes);
      await this.#settle(open(), outcomes);
      if (open().length === 0) return;
    }
    throw transactionContended(MOST_ROUNDS);
  }

  async #run(
    statement: Statement,
    writes: readonly NormalLinkWrite[],
    toValues: (writes: readonly NormalLinkWrite[]) => readonly unknown[],
    outcomes: Outcomes,
  ): Promise<void> {
    if (writes.length === 0) return;
    const { tenant, executor, clock } = this.context;
    const values = [tenant, toStoreTime(clock), ...toValues(writes)];
    const rows = await executor.run("links", statement, values, this.call);
    const written = new Map(
      rows.map((row) => [
        keyOf(text(row, "connection"), text(row, "kind"), text(row, "record_id")),
        number(row, "revision"),
      ]),
    );
    for (const write of writes) {
      const revision = written.get(keyOfWrite(write));
      if (revision !== undefined) outcomes.set(write, { status: "written", revision });
    }
  }

  async #settle(writes: readonly NormalLinkWrite[], outcomes: Outcomes): Promise<void> {
    if (writes.length === 0) return;
    const { tenant, executor } = this.context;
    const keys = [
      writes.map(({ link }) => link.connection),
      writes.map(({ link }) => link.kind),
      writes.map(({ link }) => link.recordId),
      writes.map(({ link }) => link.crmId ?? null),
    ];
    const rows = await executor.run("links", this.statements.standing, [tenant, ...keys], this.call);
    const byPlace = new Map(rows.map((row) => [number(row, "place"), row]));
    writes.forEach((write, index) => {
      const refusal = toRefusal(write, byPlace.get(index + 1));
      if (refusal !== undefined) outcomes.set(write, refusal);
    });
  }
}

/** The kind that links are of, so that no index by kind takes a list from the index that has its order. */
function toKindCondition(kind: RecordKind | undefined): readonly SqlCondition[] {
  return kind === undefined ? [] : [(parameter) => `kind || '' = ${parameter(kind)}`];
}

/** That the record is known to the CRM, said so that no index by ids of the CRM takes a list from the index that has its order. */
const KNOWN_TO_CRM: SqlCondition = () => "num_nulls(crm_id) = 0";

/** Conditions beside those of columns. One on the state names what its index holds. */
function toConditions({ state, since }: LinkFilter): readonly SqlCondition[] {
  return [
    ...(state === undefined || state === "linked" ? [] : [() => "state <> 'linked'"]),
    ...(since === undefined
      ? []
      : [(parameter: (value: unknown) => string) => `updated_at >= ${parameter(since)}`]),
  ];
}

export function createPgLinkStore(
  context: StoreContext,
  statements: LinkStatements,
  linkedRecords: LinkedRecordStatements,
): LinkStore {
  const { tenant, executor, clock } = context;

  const find = async <Found>(
    by: {
      readonly statement: Statement;
      readonly column: string;
      readonly fromRow: (row: Row) => Found;
      /** What the statement asks for after the ids. */
      readonly also: readonly unknown[];
    },
    connection: string,
    kind: RecordKind,
    ids: readonly string[],
    call: CallOptions | undefined,
  ): Promise<(Found | undefined)[]> => {
    executor.admit("links", call);
    const of = [toNormalName("links", "connection", connection), toNormalKind("links", "kind", kind)];
    const wanted = toStorable("links", "ids", ids);
    if (wanted.length === 0) return [];
    const values = [tenant, ...of, toArrayText(wanted), ...by.also];
    const rows = await executor.run("links", by.statement, values, call);
    const found = new Map(rows.map((row) => [text(row, by.column), by.fromRow(row)]));
    return wanted.map((id) => found.get(id));
  };
  const whole = (statement: Statement, column: string) => ({
    ...{ statement, column, fromRow: fromLinkRow, also: [toLeaseTime(clock)] },
  });

  const list = async <Found>(
    read: PageReader<Found>,
    of: readonly SqlCondition[],
    connection: string,
    filter: LinkFilter = {},
    page?: PageRequest,
    call?: CallOptions,
  ): Promise<Page<Found>> => {
    executor.admit("links", call);
    const name = toNormalName("links", "connection", connection);
    const { kind, state, removal, since } = toNormalLinkFilter(filter);
    const also = [() => "seq > 0", ...of, ...toKindCondition(kind), ...toConditions({ state, since })];
    return read(context, { connection: name, state, removal }, page, call, also);
  };

  return {
    port: "link-store/1",
    findByRecords: (connection, kind, ids, call) =>
      find(whole(statements.findByRecords, "record_id"), connection, kind, ids, call),
    findByCrmIds: (connection, kind, ids, call) =>
      find(whole(statements.findByCrmIds, "crm_id"), connection, kind, ids, call),
    findStandings: (connection, kind, ids, call) => {
      const by = {
        statement: statements.findStandings,
        column: "crm_id",
        fromRow: fromStandingRow,
        also: [],
      };
      return find(by, connection, kind, ids, call);
    },
    async writeMany(writes, call) {
      executor.admit("links", call);
      const normal = toNormalLinkWrites(writes);
      const outcomes = await new LinkWriter(context, statements, call).write(normal);
      return normal.flatMap((write) => outcomes.get(write) ?? []);
    },
    async makeRecords(want, call) {
      executor.admit("links", call);
      return makeLinkedRecords(context, linkedRecords, want, call);
    },
    async hint(want, call) {
      executor.admit("links", call);
      const { connection, kind, dueAt, recordIds, crmIds } = toNormalHint(want);
      if (recordIds.length + crmIds.length === 0) return 0;
      const values = [tenant, connection, kind, dueAt, recordIds, crmIds];
      const [row] = await executor.run("links", statements.hint, values, call);
      return row === undefined ? 0 : number(row, "found");
    },
    async claim(want, call) {
      executor.admit("links", call);
      const { connection, kinds, leaseMs, limit } = toNormalLinkWant(want);
      if (kinds.length === 0) return [];
      const values = [tenant, connection, kinds, toLeaseTime(clock), leaseMs, limit];
      return (await executor.run("links", statements.claim, values, call)).map(fromLinkRow);
    },
    list: (...want) => list(statements.list, [], ...want),
    listStandings: (...want) => list(statements.listStandings, [KNOWN_TO_CRM], ...want),
    async count(connection, filter = {}, call) {
      executor.admit("links", call);
      const name = toNormalName("links", "connection", connection);
      const { kind, state, removal, since } = toNormalLinkFilter(filter);
      const values: unknown[] = [toLeaseTime(clock)];
      const of = toWhere("links", tenant, { connection: name, kind, state, removal }, values);
      const also = toConditions({ state, since }).map((condition) =>
        condition((value) => `$${values.push(value)}`),
      );
      const rows = await executor.run("links", statements.count([of, ...also].join(" and ")), values, call);
      return rows.map(toCount).sort(compareLinkCounts);
    },
  };
}

function toCount(row: Row): LinkCount {
  return {
    kind: text(row, "kind") as LinkCount["kind"],
    state: text(row, "state") as LinkCount["state"],
    links: number(row, "links"),
    due: number(row, "due"),
  };
}
