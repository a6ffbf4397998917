import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { csvLine } from "@salesagent/intake";
import {
  type JsonValue,
  type RecordKind,
  type RecordStore,
  type StoredRecord,
  systemClock,
} from "@salesagent/ports";
import type { Command } from "../command/command.js";
import { flagOption, textOption } from "../command/option-values.js";
import type { Io } from "../io.js";
import { howMany } from "../render/how-many.js";
import { ProgressLine } from "../render/progress-line.js";
import { openStore } from "../session/open-session.js";
import { RECORD_STORE_OPTIONS, readRecordStore } from "../session/store-options.js";
import { KINDS, toKind } from "../sync/kinds.js";
import { theOne } from "../sync/the-one.js";
import { FIELD_TYPES } from "./field-types.js";

const PAGE = 1_000;

/** `salesagent crm export FILE`: the app's records as a CSV that can be imported again. */
export const exportCommand: Command = {
  name: "crm export",
  summary: "writes the app's records to a CSV, in columns that stay the same; it can be edited and imported",
  operands: "FILE",
  options: {
    kind: { type: "string", value: "KIND", help: "contact, company or deal" },
    ...RECORD_STORE_OPTIONS,
    json: { type: "boolean", help: "prints a summary as JSON" },
  },
  examples: ["salesagent crm export contacts.csv --kind contact"],
  note: "Cells stand as they are, also those that a spreadsheet would take for a formula. A file of the same name is replaced.",
  async run(operands, options, io) {
    const file = theOne(operands, "file to write", "ls *.csv");
    const kind = toKind(textOption(options, "kind"), "--kind");
    await using store = await openStore(readRecordStore(options, io), io);
    const { rows, columns } = await exportRecords(store.stores.records, kind, file, io);
    if (flagOption(options, "json")) {
      io.stdout.write(`${JSON.stringify({ type: "summary", kind, rows, columns, file })}\n`);
    } else
      io.stdout.write(`${howMany(rows, "row", "rows")} of ${kind} with ${columns.length} columns: ${file}\n`);
    return 0;
  },
};

async function exportRecords(records: RecordStore, kind: RecordKind, file: string, io: Io) {
  using progress = new ProgressLine(io.stderr, systemClock);
  const total = await records.count(kind, { signal: io.signal });
  // A first pass finds the names of custom fields: columns come before rows.
  const custom = new Set<string>();
  let seen = 0;
  for await (const record of all(records, kind, io.signal)) {
    for (const name of Object.keys(record.custom)) custom.add(name);
    progress.update({ label: "looking for custom fields", done: ++seen, total });
  }
  const columns = columnsOf(kind, custom);
  const output = createWriteStream(file);
  const done = finished(output, { signal: io.signal });
  let rows = 0;
  output.write(csvLine(columns));
  for await (const record of all(records, kind, io.signal)) {
    const isReady = output.write(csvLine(columns.map((column) => cellOf(record, column))));
    progress.update({ label: `exporting ${kind}`, done: ++rows, total });
    if (!isReady) await Promise.race([once(output, "drain"), done]);
  }
  output.end();
  await done;
  return { rows, columns };
}

async function* all(
  records: RecordStore,
  kind: RecordKind,
  signal: AbortSignal,
): AsyncGenerator<StoredRecord> {
  let after: string | undefined;
  do {
    const page = await records.list(kind, { limit: PAGE, after }, { signal });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}

/** The same for every export of a kind, but for the custom fields, which come in the order of their names. */
function columnsOf(kind: RecordKind, custom: ReadonlySet<string>): readonly string[] {
  return [
    "id",
    ...Object.keys(FIELD_TYPES[kind]),
    ...KINDS.filter((other) => other !== kind).map((other) => `links.${other}`),
    ...[...custom].toSorted().map((name) => `custom.${name}`),
    ...["createdAt", "updatedAt"],
  ];
}

function cellOf(record: StoredRecord, column: string): string {
  if (column === "id" || column === "createdAt" || column === "updatedAt") return record[column];
  if (column.startsWith("custom.")) return textOf(record.custom[column.slice("custom.".length)]);
  const linked = KINDS.find((kind) => column === `links.${kind}`);
  if (linked) return (record.links[linked] ?? []).join("; ");
  return textOf((record.fields as Readonly<Record<string, JsonValue>>)[column], "; ");
}

function textOf(value: JsonValue | undefined, between?: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  const isTexts = Array.isArray(value) && value.every((item) => typeof item === "string");
  return between !== undefined && isTexts ? value.join(between) : JSON.stringify(value);
}
