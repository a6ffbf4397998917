import {
  type CrmCallOptions,
  type CrmChange,
  type CrmDraft,
  type CrmKind,
  type CrmLinks,
  type CrmRecord,
  SalesAgentError,
} from "@salesagent/ports";
import { notFoundError, type RefusedCall, toCrmError, unfitError } from "./crm-errors.js";
import { BATCH_LIMIT, type ObjectCalls, passed } from "./object-calls.js";
import {
  addressOf,
  LINKED_TYPE,
  OBJECT_TYPES,
  type ObjectAddress,
  type ObjectType,
  toRecordId,
  typeOfSingular,
} from "./object-types.js";
import { isFields, textOf } from "./read-json.js";
import { chunks, readRecord } from "./read-records.js";
import { toObject, toRecord } from "./to-record.js";

/** The type that a draft becomes. @throws SalesAgentError `crm.field_invalid` for a type of activity that there is not. */
export function typeOfDraft({ kind, fields }: CrmDraft): ObjectType {
  if (kind !== "activity") return LINKED_TYPE[kind];
  const name = "type" in fields && fields.type !== undefined ? fields.type : "note";
  const facts = typeOfSingular(name);
  if (facts?.kind === "activity") return facts.type;
  throw unfitError(
    { kind, type: "notes" },
    { field: "type", reason: "HubSpot has no such type of activity" },
  );
}

/** What a draft is sent as. @throws SalesAgentError `crm.field_invalid` for what can't be sent. */
export function draftBody(calls: ObjectCalls, draft: CrmDraft, nowMs: number): Record<string, unknown> {
  const type = typeOfDraft(draft);
  const { properties, unfit } = calls.map.write(type, { ...draft.fields }, draft.custom);
  const [problem] = unfit;
  if (problem !== undefined) throw unfitError({ kind: draft.kind, type }, problem);
  // Activities are refused without a time.
  const timed = draft.kind === "activity" ? { hs_timestamp: new Date(nowMs).toISOString() } : {};
  const associations = associationsOf(type, draft.links);
  return {
    properties: { ...timed, ...properties },
    ...(associations.length === 0 ? {} : { associations }),
  };
}

function associationsOf(type: ObjectType, links: CrmLinks = {}): readonly unknown[] {
  return Object.entries(OBJECT_TYPES[type].links).flatMap(([kind, associationTypeId]) =>
    (links[kind as CrmKind] ?? []).map((recordId) => ({
      to: { id: addressOf(kind as CrmKind, recordId)?.id ?? recordId },
      types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId }],
    })),
  );
}

/**
 * What a change is sent as.
 *
 * @param currency - Of the deal, where the change doesn't name one.
 * @throws SalesAgentError `crm.field_invalid` for what can't be sent.
 */
export function changeBody(
  calls: ObjectCalls,
  change: CrmChange,
  address: ObjectAddress,
  currency: string | undefined,
): Readonly<Record<string, string>> {
  const { kind, id: recordId } = change;
  const refused: RefusedCall = { kind, type: address.type, recordId };
  const fields: Readonly<Record<string, unknown>> = { ...change.fields };
  const wanted = fields["type"] ?? undefined;
  if (kind === "activity" && wanted !== undefined && wanted !== OBJECT_TYPES[address.type].singular) {
    throw unfitError(refused, { field: "type", reason: "HubSpot does not change the type of an activity" });
  }
  const { properties, unfit } = calls.map.write(address.type, fields, change.custom, currency);
  const [problem] = unfit;
  if (problem !== undefined) throw unfitError(refused, problem);
  return properties;
}

/** The deals' own currencies, by their ids, as far as changes bring an amount without one. */
export async function dealCurrencies(
  calls: ObjectCalls,
  changes: readonly CrmChange[],
  call?: CrmCallOptions,
): Promise<ReadonlyMap<string, string>> {
  const ids = changes.flatMap(({ kind, id, fields = {} }) => {
    if (kind !== "deal" || addressOf(kind, id) === undefined) return [];
    const { amountMinor, currency }: CrmChange<"deal">["fields"] & {} = fields;
    return typeof amountMinor === "number" && typeof currency !== "string" ? [id] : [];
  });
  const currencies = new Map<string, string>();
  for (const chunk of chunks([...new Set(ids)], BATCH_LIMIT)) {
    const { objects } = await calls.batchRead("deals", chunk, call);
    for (const { id, properties } of objects) {
      const code = properties["deal_currency_code"];
      if (code) currencies.set(id, code);
    }
  }
  return currencies;
}

/** Makes a record, and reads it back: an answer holds only a part of it. */
export async function createRecord<Kind extends CrmKind>(
  calls: ObjectCalls,
  draft: CrmDraft<Kind>,
  nowMs: number,
  call?: CrmCallOptions,
): Promise<CrmRecord<Kind>> {
  const { kind } = draft;
  const type = typeOfDraft(draft);
  const json = draftBody(calls, draft, nowMs);
  try {
    const answer = await calls.client.post(calls.paths.objects(type), {
      ...passed(call),
      group: "general",
      json,
    });
    return await writtenRecord(calls, kind, type, answer.body(), draft.links, call);
  } catch (error) {
    throw await existingNamed(calls, draft, toCrmError(error, { kind, type }, calls.map), call);
  }
}

/** A conflict whose text names no id: the record is asked for by its e-mail. */
async function existingNamed(
  calls: ObjectCalls,
  draft: CrmDraft,
  error: unknown,
  call?: CrmCallOptions,
): Promise<unknown> {
  if (!SalesAgentError.is(error, "crm.exists") || error.facts.recordId !== undefined) return error;
  const email = "email" in draft.fields ? draft.fields.email : undefined;
  const found = email === undefined ? undefined : await calls.get("contacts", email, call, "email");
  if (found === undefined) return error;
  const { message, facts, replay } = error;
  return new SalesAgentError("crm.exists", {
    ...{ message, replay, cause: error.cause },
    facts: { ...facts, recordId: toRecordId("contacts", found.id) },
  });
}

/** Changes a record, only what is named, and reads it back. */
export async function updateRecord<Kind extends CrmKind>(
  calls: ObjectCalls,
  change: CrmChange<Kind>,
  call?: CrmCallOptions,
): Promise<CrmRecord<Kind>> {
  const { kind, id: recordId } = change;
  const address = addressOf(kind, recordId);
  if (address === undefined) throw notFoundError({ crm: "hubspot", kind, recordId });
  const refused: RefusedCall = { kind, type: address.type, recordId };
  try {
    const currencies = await dealCurrencies(calls, [change], call);
    const properties = changeBody(calls, change, address, currencies.get(recordId));
    const path = calls.paths.object(address.type, address.id);
    if (Object.keys(properties).length > 0) {
      const options = { ...passed(call), group: "general", replay: "safe", json: { properties } } as const;
      await calls.client.patch(path, options);
    }
  } catch (error) {
    throw await withMergedInto(calls, toCrmError(error, refused, calls.map), refused, call);
  }
  await associate(calls, address, change.links, call);
  const record = await readRecord(calls, kind, recordId, call);
  if (record === undefined) throw notFoundError({ crm: "hubspot", kind, recordId });
  return record;
}

/** Ties a record to others; ties that are there stay as they are. */
export async function associate(
  calls: ObjectCalls,
  from: ObjectAddress,
  links: CrmLinks | undefined,
  call?: CrmCallOptions,
): Promise<void> {
  for (const [kind, recordIds] of Object.entries(links ?? {})) {
    const to = LINKED_TYPE[kind as CrmKind];
    if (OBJECT_TYPES[from.type].links[kind as CrmKind] === undefined) continue;
    for (const recordId of recordIds) {
      const toId = addressOf(kind as CrmKind, recordId)?.id ?? recordId;
      const path = calls.paths.associate(from.type, from.id, to, toId);
      const options = { ...passed(call), group: "general", replay: "safe", passStatuses: [404] } as const;
      const answer = await calls.client.put(path, options);
      if (answer.status !== 404) continue;
      const field = `links.${kind}`;
      throw unfitError(
        { kind: OBJECT_TYPES[from.type].kind, type: from.type },
        { field, reason: "one of the two records is gone" },
      );
    }
  }
}

/** Adds where a record went, if it went into another. */
export async function withMergedInto(
  calls: ObjectCalls,
  error: unknown,
  { kind, type, recordId }: RefusedCall,
  call?: CrmCallOptions,
): Promise<unknown> {
  if (!SalesAgentError.is(error, "crm.not_found") || recordId === undefined) return error;
  const id = addressOf(kind, recordId)?.id ?? recordId;
  const survivor = await calls.get(type, id, call);
  if (survivor === undefined || survivor.id === id) return error;
  return notFoundError({ ...error.facts, mergedInto: toRecordId(type, survivor.id) }, error.cause);
}

/** Archives a record. An id that was merged away is left alone: it would take the survivor with it. */
export async function removeRecord(
  calls: ObjectCalls,
  kind: CrmKind,
  recordId: string,
  call?: CrmCallOptions,
): Promise<void> {
  const address = addressOf(kind, recordId);
  if (address === undefined) return;
  const standing = await calls.get(address.type, address.id, call);
  if (standing?.id !== address.id) return;
  await calls.client.delete(calls.paths.object(address.type, address.id), {
    ...passed(call),
    group: "general",
    replay: "safe",
    passStatuses: [404],
  });
}

/** The record as it stands; where it can't be read just now, what is known of it. It was made, whatever comes after. */
async function writtenRecord<Kind extends CrmKind>(
  calls: ObjectCalls,
  kind: Kind,
  type: ObjectType,
  body: unknown,
  links: CrmLinks | undefined,
  call?: CrmCallOptions,
): Promise<CrmRecord<Kind>> {
  const object = isFields(body) ? toObject(type, body) : undefined;
  const id = object?.id ?? textOf(isFields(body) ? body["id"] : undefined);
  if (object === undefined || id === undefined) {
    throw new SalesAgentError("service.malformed_response", {
      message: "hubspot: a record was made, and the answer names no id. Look it up before it is made again.",
      facts: { service: "hubspot" },
      replay: "unsafe",
    });
  }
  try {
    const record = await readRecord(calls, kind, toRecordId(type, id), call);
    if (record !== undefined) return record;
  } catch (error) {
    if (!SalesAgentError.is(error)) throw error;
    // The record stands: a failure to read it must not look like a failure to make it.
  }
  return toRecord(kind, object, calls.map, links ?? {});
}
