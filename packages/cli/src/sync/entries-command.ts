import type { SyncEntry } from "@salesagent/ports";
import type { Command } from "../command/command.js";
import { flagOption, textOption, wholeNumberOption } from "../command/option-values.js";
import { type Column, renderTable } from "../render/table.js";
import { writeLine } from "../render/write-line.js";
import { RECORD_STORE_OPTIONS, readRecordStore } from "../session/store-options.js";
import { toKind } from "./kinds.js";
import { openSync } from "./open-sync.js";
import { timeOf } from "./status-command.js";
import { theCrm } from "./sync-options.js";

const WIDTH_CHARS = 140;
const DEFAULT_LIMIT = 20;

/** `salesagent sync entries`: what was decided on which records. */
export const entriesCommand: Command = {
  name: "sync entries",
  summary: "what was decided on which records, the latest first; names of fields, never their values",
  operands: "[CRM]",
  options: {
    run: { type: "string", value: "ID", help: "only of one run" },
    record: { type: "string", value: "ID", help: "only of one record of the app" },
    kind: { type: "string", value: "KIND", help: "company, contact or deal" },
    action: { type: "string", value: "ACTION", help: "such as updated-in-crm" },
    limit: { type: "string", value: "N", help: `how many (${DEFAULT_LIMIT})` },
    ...RECORD_STORE_OPTIONS,
    json: { type: "boolean", help: "prints one JSON object an entry" },
  },
  examples: ["salesagent sync entries close --record 01a1fdd1 --json"],
  async run(operands, options, io) {
    const kind = textOption(options, "kind");
    const filter = {
      connection: operands.length === 0 ? undefined : theCrm(operands).name,
      runId: textOption(options, "run"),
      recordId: textOption(options, "record"),
      kind: kind === undefined ? undefined : toKind(kind, "--kind"),
      action: textOption(options, "action"),
    };
    const limit = wholeNumberOption(options, "limit", { least: 1, most: 1_000 }) ?? DEFAULT_LIMIT;
    await using session = await openSync(readRecordStore(options, io), io);
    const { items } = await session.sync.entries(filter, { limit }, { signal: io.signal });
    if (flagOption(options, "json")) {
      for (const entry of items) await writeLine(io, JSON.stringify(entry));
    } else if (items.length === 0) io.stdout.write("No entries.\n");
    else io.stdout.write(`${renderTable(COLUMNS, items, io.stdout.columns ?? WIDTH_CHARS)}\n`);
    return 0;
  },
};

const COLUMNS: readonly Column<SyncEntry>[] = [
  { title: "At", cell: ({ at }) => timeOf(at) },
  { title: "CRM", cell: ({ connection }) => connection },
  { title: "Kind", cell: ({ kind }) => kind },
  { title: "Action", cell: ({ action }) => action },
  { title: "Records", cell: ({ recordIds, crmIds }) => whomOf(recordIds.length > 0 ? recordIds : crmIds) },
  {
    title: "Detail",
    grows: true,
    cell: ({ detail }) => (detail === undefined ? "" : JSON.stringify(detail)),
  },
];

function whomOf(ids: readonly string[]): string {
  const [first = "", ...more] = ids;
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}
