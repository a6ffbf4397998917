import {
  type CrmCallOptions,
  type CrmKind,
  type CrmRecord,
  type CrmWrite,
  type CrmWritten,
  SalesAgentError,
} from "@salesagent/ports";
import { crmErrorOf, notFoundError, type RefusedCall, refusalOf, toCrmError } from "./crm-errors.js";
import { BATCH_LIMIT, type ObjectCalls, passed } from "./object-calls.js";
import { addressOf, type ObjectAddress, toRecordId } from "./object-types.js";
import { type Fields, fieldsOf, listOf, textOf, textsOf } from "./read-json.js";
import { chunks, readRecords } from "./read-records.js";
import { removeRows } from "./remove-rows.js";
import {
  associate,
  changeBody,
  dealCurrencies,
  draftBody,
  typeOfDraft,
  updateRecord,
  withMergedInto,
} from "./write-records.js";
import { failedRow, lostRow, refusedRow } from "./written-rows.js";

/** A row that is ready to be sent. */
interface Row {
  /** Its place among the writes. */
  readonly at: number;
  readonly op: "create" | "update";
  readonly call: RefusedCall;
  readonly address: ObjectAddress | undefined;
  readonly write: CrmWrite;
  readonly body: Fields;
}

type Outcomes = Map<number, CrmWritten>;

/**
 * Writes rows in batches, each row once. A batch that is refused as a whole was not written at all: it is halved until only the bad
 * rows are refused. A batch whose answer is lost leaves its rows unknown.
 */
export async function writeRows(
  calls: ObjectCalls,
  writes: readonly CrmWrite[],
  nowMs: number,
  call?: CrmCallOptions,
): Promise<readonly CrmWritten[]> {
  const outcomes: Outcomes = new Map();
  const changes = writes.flatMap((write) => (write.op === "update" ? [write.change] : []));
  const currencies = new Map(await dealCurrencies(calls, changes, call));
  for (const round of roundsOf(writes)) {
    await removeRows(calls, round, outcomes, call);
    const rows: Row[] = [];
    for (const [at, write] of round) {
      const row = rowOf(calls, at, write, { nowMs, currencies, outcomes });
      if (row === undefined) continue;
      if (hasProperties(row)) rows.push(row);
      else await tieAlone(calls, row, outcomes, call);
    }
    for (const group of groupsOf(rows)) {
      for (const batch of chunks(group, BATCH_LIMIT)) await sendBatch(calls, batch, outcomes, call);
    }
  }
  await readBack(calls, writes, outcomes, call);
  return writes.map((_, at) => outcomes.get(at) ?? lostRow());
}

/** Rows of one record follow each other; a batch must not name a record twice. */
function roundsOf(writes: readonly CrmWrite[]): readonly (readonly (readonly [number, CrmWrite])[])[] {
  const rounds: (readonly [number, CrmWrite])[][] = [];
  const used = new Map<string, number>();
  for (const [at, write] of writes.entries()) {
    const identity = identityOf(write);
    const round = identity === undefined ? 0 : (used.get(identity) ?? 0);
    if (identity !== undefined) used.set(identity, round + 1);
    const rows = rounds[round] ?? [];
    rounds[round] = rows;
    rows.push([at, write]);
  }
  return rounds;
}

function identityOf(write: CrmWrite): string | undefined {
  if (write.op === "update") return `${write.change.kind}/${write.change.id}`;
  if (write.op === "remove") return `${write.kind}/${write.id}`;
  const { kind, fields } = write.draft;
  const email = "email" in fields ? fields.email : undefined;
  return email === undefined ? undefined : `${kind}/${email.toLowerCase()}`;
}

/** What the rows of a round are made with. */
interface RoundParts {
  readonly nowMs: number;
  /** Of deals, as the rows before leave them. */
  readonly currencies: Map<string, string>;
  readonly outcomes: Outcomes;
}

/** A row as it is sent; what can't be sent has its outcome at once. */
function rowOf(
  calls: ObjectCalls,
  at: number,
  write: CrmWrite,
  { nowMs, currencies, outcomes }: RoundParts,
): Row | undefined {
  if (write.op === "remove") return undefined;
  try {
    if (write.op === "create") {
      const type = typeOfDraft(write.draft);
      const body = draftBody(calls, write.draft, nowMs);
      return { at, op: "create", call: { kind: write.draft.kind, type }, address: undefined, write, body };
    }
    const { kind, id: recordId } = write.change;
    const address = addressOf(kind, recordId);
    if (address === undefined) throw notFoundError({ crm: "hubspot", kind, recordId });
    const properties = changeBody(calls, write.change, address, currencies.get(recordId));
    if (address.type === "deals" && properties["deal_currency_code"]) {
      currencies.set(recordId, properties["deal_currency_code"]);
    }
    const body = { id: address.id, properties };
    return { at, op: "update", call: { kind, type: address.type, recordId }, address, write, body };
  } catch (error) {
    outcomes.set(at, failedRow(error));
    return undefined;
  }
}

const hasProperties = ({ op, body }: Row) =>
  op === "create" || Object.keys(fieldsOf(body, "properties")).length > 0;

/** A change of links alone, for which there is nothing to send in a batch. */
async function tieAlone(
  calls: ObjectCalls,
  { at, write }: Row,
  outcomes: Outcomes,
  call?: CrmCallOptions,
): Promise<void> {
  if (write.op !== "update") return;
  try {
    const record = await updateRecord(calls, write.change, call);
    outcomes.set(at, { status: "written", id: record.id, record });
  } catch (error) {
    outcomes.set(at, failedRow(error));
  }
}

function groupsOf(rows: readonly Row[]): readonly (readonly Row[])[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.op} ${row.call.type}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

async function sendBatch(
  calls: ObjectCalls,
  rows: readonly Row[],
  outcomes: Outcomes,
  call?: CrmCallOptions,
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const { op, call: about } = first;
  try {
    const answer = await calls.client.post(calls.paths.batch(about.type, op), {
      ...passed(call),
      group: "general",
      replay: op === "update" ? "safe" : "unsafe",
      json: { inputs: rows.map(({ at, body }) => ({ ...body, objectWriteTraceId: traceOf(at) })) },
    });
    await settleRows(calls, rows, answer.body(), outcomes, call);
  } catch (error) {
    await refuseRows(calls, rows, error, outcomes, call);
  }
}

const traceOf = (at: number) => `row-${at}`;

/** A batch that was refused as a whole. */
async function refuseRows(
  calls: ObjectCalls,
  rows: readonly Row[],
  error: unknown,
  outcomes: Outcomes,
  call?: CrmCallOptions,
): Promise<void> {
  const status = refusalOf(error)?.status;
  const isOfRows =
    status !== undefined && status >= 400 && status < 500 && ![401, 403, 408, 429].includes(status);
  if (isOfRows && rows.length > 1) {
    const middle = Math.ceil(rows.length / 2);
    await sendBatch(calls, rows.slice(0, middle), outcomes, call);
    await sendBatch(calls, rows.slice(middle), outcomes, call);
    return;
  }
  for (const { at, call: about } of rows) {
    const told = toCrmError(error, about, calls.map);
    outcomes.set(at, failedRow(await withMergedInto(calls, told, about, call)));
  }
}

/** Rows of a batch that was taken: by their trace ids, and never by their places. */
async function settleRows(
  calls: ObjectCalls,
  rows: readonly Row[],
  body: unknown,
  outcomes: Outcomes,
  call?: CrmCallOptions,
): Promise<void> {
  const results = listOf(body, "results");
  const errors = listOf(body, "errors");
  for (const row of rows) {
    const { at, op, call: about, address } = row;
    const isOurs = (result: Fields) =>
      textOf(result["objectWriteTraceId"]) === traceOf(at) ||
      (op === "update" && textOf(result["id"]) === address?.id);
    const id = textOf(results.find(isOurs)?.["id"]);
    const refusal = errors.find((error) => isAbout(error, row));
    if (id !== undefined) {
      outcomes.set(at, { status: "written", id: toRecordId(about.type, id) });
    } else if (refusal !== undefined) {
      const error = crmErrorOf({ status: undefined, body: refusal }, about, calls.map) ?? refusedRow(refusal);
      outcomes.set(at, failedRow(await withMergedInto(calls, error, about, call)));
    }
  }
  await tieRows(calls, rows, outcomes, call);
}

function isAbout(error: Fields, { at, address }: Row): boolean {
  const context = fieldsOf(error, "context");
  const traces = textsOf(context["objectWriteTraceId"]);
  if (traces.length > 0) return traces.includes(traceOf(at));
  const ids = [...textsOf(context["ids"]), textOf(error["id"])];
  return address !== undefined && ids.includes(address.id);
}

/** Updates take no associations; they are tied once the row is written. */
async function tieRows(
  calls: ObjectCalls,
  rows: readonly Row[],
  outcomes: Outcomes,
  call?: CrmCallOptions,
): Promise<void> {
  for (const { at, write, address, call: about } of rows) {
    if (write.op !== "update" || address === undefined || outcomes.get(at)?.status !== "written") continue;
    try {
      await associate(calls, address, write.change.links, call);
    } catch (error) {
      outcomes.set(at, failedRow(toCrmError(error, { ...about, recordId: undefined }, calls.map)));
    }
  }
}

/** Adds the records as they stand; a row whose record can't be read just now is written all the same. */
async function readBack(
  calls: ObjectCalls,
  writes: readonly CrmWrite[],
  outcomes: Outcomes,
  call?: CrmCallOptions,
): Promise<void> {
  const byKind = new Map<CrmKind, { readonly at: number; readonly id: string }[]>();
  for (const [at, outcome] of outcomes) {
    const write = writes[at];
    if (outcome.status !== "written" || write === undefined || write.op === "remove") continue;
    const kind = write.op === "create" ? write.draft.kind : write.change.kind;
    byKind.set(kind, [...(byKind.get(kind) ?? []), { at, id: outcome.id }]);
  }
  for (const [kind, rows] of byKind) {
    const records = await readIfPossible(
      calls,
      kind,
      rows.map(({ id }) => id),
      call,
    );
    for (const [place, { at, id }] of rows.entries()) {
      const record = records[place];
      if (record !== undefined) outcomes.set(at, { status: "written", id, record });
    }
  }
}

async function readIfPossible(
  calls: ObjectCalls,
  kind: CrmKind,
  ids: readonly string[],
  call?: CrmCallOptions,
): Promise<readonly (CrmRecord | undefined)[]> {
  try {
    return await readRecords(calls, kind, ids, call);
  } catch (error) {
    if (!SalesAgentError.is(error)) throw error;
    // The rows stand; only what they look like now is not known.
    return [];
  }
}
