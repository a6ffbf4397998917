import type { ServiceClient } from "@salesagent/core/http";
import {
  type CrmCallOptions,
  type CrmChange,
  type CrmDraft,
  type CrmWrite,
  type CrmWritten,
  SalesAgentError,
} from "@salesagent/ports";
import type { CrmSettings } from "./apollo-options.js";
import { type ApolloRecords, exists } from "./apollo-records.js";
import { unsupported } from "./crm-errors.js";
import { toRecord } from "./to-record.js";
import { objectOf, rowsOf, textOf, type Wire } from "./wire.js";

/** Up to so many, Apollo updates at once; more of them later, without telling how it went. */
const BATCH = 100;

interface Row<Write> {
  readonly at: number;
  readonly write: Write;
  readonly wire: Wire;
}

/** What batches stand on. */
export interface BatchMeans {
  readonly client: ServiceClient;
  readonly records: ApolloRecords;
  readonly settings: CrmSettings;
}

/**
 * Several writes. Contacts go in batches of 100: new ones only where each has an address of its own, since Apollo doesn't say
 * which of its answers belongs to which row. All else goes one by one.
 */
export async function writeMany(
  means: BatchMeans,
  writes: readonly CrmWrite[],
  call: CrmCallOptions = {},
): Promise<readonly CrmWritten[]> {
  const outcomes: (CrmWritten | undefined)[] = writes.map(() => undefined);
  const settle = (at: number, outcome: CrmWritten) => {
    outcomes[at] = outcome;
  };
  const { drafts, changes } = batched(means, writes);
  for (const rows of chunks(drafts))
    await batch(rows, settle, () => createContacts(means, rows, settle, call), call);
  for (const rows of chunks(changes))
    await batch(rows, settle, () => updateContacts(means, rows, settle, call), call);
  for (const [at, write] of writes.entries()) {
    if (outcomes[at] === undefined) settle(at, await one(means, write, call));
  }
  return outcomes.flatMap((outcome) => outcome ?? []);
}

/** The rows that may go in batches, where there are several of their sort. */
function batched({ settings }: BatchMeans, writes: readonly CrmWrite[]) {
  const drafts: Row<CrmDraft>[] = [];
  const changes: Row<CrmChange>[] = [];
  const addresses = new Set<string>();
  const ids = new Set<string>();
  for (const [at, write] of writes.entries()) {
    if (!settings.writes || write.op === "remove") continue;
    const written = write.op === "create" ? write.draft : write.change;
    if (written.kind !== "contact") continue;
    const wire = soundWire(written, settings);
    if (wire === undefined) continue;
    const key = write.op === "create" ? textOf(wire["email"])?.toLowerCase() : write.change.id;
    const keys = write.op === "create" ? addresses : ids;
    if (key === undefined || keys.has(key)) continue;
    keys.add(key);
    if (write.op === "create") drafts.push({ at, write: write.draft, wire });
    else changes.push({ at, write: write.change, wire });
  }
  return { drafts: drafts.length > 1 ? drafts : [], changes: changes.length > 1 ? changes : [] };
}

/** Nothing for a row that can't be sent as it is: alone, it tells why. */
function soundWire(written: CrmDraft | CrmChange, settings: CrmSettings): Wire | undefined {
  try {
    return toRecord(written, settings);
  } catch (error) {
    if (SalesAgentError.is(error)) return undefined;
    throw error;
  }
}

type Settle = (at: number, outcome: CrmWritten) => void;

async function createContacts(
  { client, records }: BatchMeans,
  rows: readonly Row<CrmDraft>[],
  settle: Settle,
  call: CrmCallOptions,
) {
  const answer = await client.post("/contacts/bulk_create", {
    ...call,
    json: { contact_attributes: rows.map(({ wire }) => wire) },
    group: "contacts/bulk_create",
  });
  const body = objectOf(answer.body());
  const created = rowsOf(body["created_contacts"]).flatMap((wire) => records.read("contact", wire) ?? []);
  const existing = rowsOf(body["existing_contacts"]).flatMap((wire) => records.read("contact", wire) ?? []);
  for (const { at, wire } of rows) {
    const email = textOf(wire["email"])?.toLowerCase() ?? "";
    const made = created.find(({ fields }) => fields.email === email);
    const stands = existing.find(
      ({ fields }) => fields.email === email || fields.otherEmails?.includes(email),
    );
    if (made !== undefined) settle(at, { status: "written", record: made, id: made.id });
    else if (stands !== undefined) settle(at, { status: "refused", error: exists(stands.id) });
    else settle(at, { status: "unknown", error: unclear("create") });
  }
}

async function updateContacts(
  { client, records }: BatchMeans,
  rows: readonly Row<CrmChange>[],
  settle: Settle,
  call: CrmCallOptions,
) {
  const answer = await client.post("/contacts/bulk_update", {
    ...call,
    json: { contact_attributes: rows.map(({ write, wire }) => ({ ...wire, id: write.id })) },
    replay: "safe",
    group: "contacts/bulk_update",
  });
  const told = rowsOf(objectOf(answer.body())["contacts"]);
  for (const { at, write } of rows) {
    const wire = told.find((one) => one["id"] === write.id);
    if (wire === undefined) continue;
    // some rows are told with no more than what changed
    const record = textOf(wire["updated_at"]) === undefined ? undefined : records.read("contact", wire);
    settle(at, { status: "written", id: write.id, ...(record === undefined ? {} : { record }) });
  }
}

/** One bad row makes Apollo refuse a whole batch: then each goes alone, unless some may have been written. */
async function batch(
  rows: readonly Row<unknown>[],
  settle: Settle,
  work: () => Promise<void>,
  call: CrmCallOptions,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    call.signal?.throwIfAborted();
    if (!SalesAgentError.is(error)) throw error;
    if (error.code === "service.refused") return;
    for (const { at } of rows) {
      settle(at, { status: error.replay === "safe" ? "refused" : "unknown", error });
    }
  }
}

async function one({ records }: BatchMeans, write: CrmWrite, call: CrmCallOptions): Promise<CrmWritten> {
  try {
    if (write.op === "remove") throw unsupported("remove", write.kind, "Remove it in Apollo itself.");
    const record =
      write.op === "create"
        ? await records.create(write.draft, call)
        : await records.update(write.change, call);
    return { status: "written", record, id: record.id };
  } catch (error) {
    call.signal?.throwIfAborted();
    if (!SalesAgentError.is(error)) throw error;
    return { status: error.replay === "safe" ? "refused" : "unknown", error };
  }
}

function unclear(operation: string): SalesAgentError {
  return new SalesAgentError("service.malformed_response", {
    message: `apollo: its answer to a batch does not tell of every row (${operation}). Look the record up before it is written again.`,
    facts: { service: "apollo" },
    replay: "unsafe",
  });
}

function chunks<T>(rows: readonly T[]): readonly (readonly T[])[] {
  const all: T[][] = [];
  for (let at = 0; at < rows.length; at += BATCH) all.push(rows.slice(at, at + BATCH));
  return all;
}
