import type { JsonValue, RecordKind, StoredRecord } from "@salesagent/ports";
import type { Command } from "../command/command.js";
import { flagOption, textOption, wholeNumberOption } from "../command/option-values.js";
import { type Column, renderTable } from "../render/table.js";
import { writeLine } from "../render/write-line.js";
import { openStore } from "../session/open-session.js";
import { RECORD_STORE_OPTIONS, readRecordStore } from "../session/store-options.js";
import { toKind } from "../sync/kinds.js";
import { timeOf } from "../sync/status-command.js";
import { valueInWords } from "../sync/value-in-words.js";

const WIDTH_CHARS = 140;
const DEFAULT_LIMIT = 20;

/** What tells records of a kind apart at a glance. */
const SHOWN: Readonly<Record<RecordKind, readonly string[]>> = {
  contact: ["fullName", "email", "title"],
  company: ["name", "domain", "city"],
  deal: ["name", "amountMinor", "status"],
};

/** `salesagent crm list`: records of a kind, in the order in which they were made. */
export const listCommand: Command = {
  name: "crm list",
  summary: "lists records of a kind, in the order in which they were made",
  operands: "",
  options: {
    kind: { type: "string", value: "KIND", help: "contact, company or deal (contact)" },
    limit: { type: "string", value: "N", help: `how many (${DEFAULT_LIMIT})` },
    after: { type: "string", value: "CURSOR", help: "where the list before ended, as it says" },
    ...RECORD_STORE_OPTIONS,
    json: { type: "boolean", help: "prints one JSON object a record" },
  },
  examples: ["salesagent crm list --kind company", "salesagent crm list --limit 1000 --json"],
  async run(_operands, options, io) {
    const kind = toKind(textOption(options, "kind") ?? "contact", "--kind");
    const limit = wholeNumberOption(options, "limit", { least: 1, most: 1_000 }) ?? DEFAULT_LIMIT;
    const after = textOption(options, "after");
    await using store = await openStore(readRecordStore(options, io), io);
    const { records } = store.stores;
    const { signal } = io;
    const { items, next } = await records.list(kind, { limit, after }, { signal });
    if (flagOption(options, "json")) {
      for (const record of items) await writeLine(io, JSON.stringify(record));
      return 0;
    }
    if (items.length === 0) {
      io.stdout.write(
        `No records of ${kind}. \`salesagent crm import\` and \`salesagent sync\` bring some.\n`,
      );
      return 0;
    }
    io.stdout.write(`${renderTable(columnsOf(kind), items, io.stdout.columns ?? WIDTH_CHARS)}\n`);
    const all = await records.count(kind, { signal });
    const more = next === undefined ? "" : `; more: --after ${next}`;
    io.stdout.write(`\n${items.length} of ${all}${more}\n`);
    return 0;
  },
};

function columnsOf(kind: RecordKind): readonly Column<StoredRecord>[] {
  const field = (name: string): Column<StoredRecord> => ({
    title: name,
    cell: (record) => cellOf(record, name),
  });
  return [
    { title: "Id", cell: ({ id }) => id },
    ...SHOWN[kind].map(field),
    { title: "Changed", cell: ({ updatedAt }) => timeOf(updatedAt) },
  ];
}

function cellOf({ fields }: StoredRecord, name: string): string {
  const values = fields as Readonly<Record<string, JsonValue>>;
  if (name === "fullName" && values["fullName"] === undefined) {
    return [values["firstName"], values["lastName"]].filter((part) => part !== undefined).join(" ");
  }
  return values[name] === undefined ? "" : valueInWords(values[name]);
}
