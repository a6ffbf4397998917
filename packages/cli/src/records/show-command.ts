import { matchKeys } from "@salesagent/core/crm";
import type { CrmLink, JsonObject, RecordKind, StoredRecord, TenantStorage } from "@salesagent/ports";
import { CRMS } from "../choice/crms.js";
import type { Command } from "../command/command.js";
import { flagOption, textOption } from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import { dataInWords } from "../render/data-in-words.js";
import { openStore } from "../session/open-session.js";
import { RECORD_STORE_OPTIONS, readRecordStore } from "../session/store-options.js";
import { toKind } from "../sync/kinds.js";
import { theOne } from "../sync/the-one.js";

/** `salesagent crm show ID`: a record with its counterparts in CRMs. */
export const showCommand: Command = {
  name: "crm show",
  summary: "shows a record, by its id, e-mail or domain, with its counterparts in CRMs",
  operands: "ID|EMAIL|DOMAIN",
  options: {
    kind: { type: "string", value: "KIND", help: "contact, company or deal (contact)" },
    ...RECORD_STORE_OPTIONS,
    json: { type: "boolean", help: "prints one JSON object" },
  },
  examples: ["salesagent crm show ada@works.example", "salesagent crm show works.example --kind company"],
  async run(operands, options, io) {
    const name = theOne(operands, "record", "salesagent crm list");
    const kind = toKind(textOption(options, "kind") ?? "contact", "--kind");
    await using store = await openStore(readRecordStore(options, io), io);
    const record = await theRecord(store.stores, kind, name, io.signal);
    const found = await Promise.all(
      CRMS.map((crm) => store.stores.links.findByRecords(crm.name, kind, [record.id], { signal: io.signal })),
    );
    const links = found.flat().filter((link) => link !== undefined);
    if (flagOption(options, "json")) io.stdout.write(`${JSON.stringify({ record, links })}\n`);
    else io.stdout.write(`${dataInWords(inWords(record, links))}\n`);
    return 0;
  },
};

/** @throws UsageError where there is none, or several. */
async function theRecord(
  { records }: TenantStorage,
  kind: RecordKind,
  name: string,
  signal: AbortSignal,
): Promise<StoredRecord> {
  const found = await records.get(kind, name, { signal });
  if (found) return found;
  const keys = matchKeys(kind, kind === "contact" ? { email: name } : { domain: name });
  const [first, ...more] = keys.length === 0 ? [] : await records.findByKeys(kind, keys, { signal });
  if (first && more.length === 0) return first;
  if (first) {
    const ids = [first, ...more].map(({ id }) => id).join(", ");
    throw new UsageError(`Several records fit "${name}": ${ids}.`);
  }
  throw new UsageError(`There is no ${kind} ${name}. \`salesagent crm list --kind ${kind}\` shows them.`);
}

function inWords(record: StoredRecord, links: readonly CrmLink[]): JsonObject {
  const { kind, id, fields, custom, createdAt, updatedAt } = record;
  return {
    ...{ kind, id },
    ...{ fields: fields as JsonObject },
    ...(Object.keys(custom).length > 0 && { custom }),
    ...(Object.keys(record.links).length > 0 && { links: { ...record.links } as JsonObject }),
    ...{ createdAt, updatedAt },
    ...(links.length > 0 && {
      crms: Object.fromEntries(links.map((link) => [link.connection, ofLink(link)])),
    }),
  };
}

function ofLink({ crmId, state, dueAt, error }: CrmLink): JsonObject {
  return {
    state,
    ...(crmId !== undefined && { crmId }),
    ...(dueAt !== undefined && { dueAt }),
    ...(error && { error: `${error.code}: ${error.message}` }),
  };
}
