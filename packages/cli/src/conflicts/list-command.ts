import type { ConflictRecord } from "@salesagent/ports";
import { knownCrm } from "../choice/crms.js";
import type { Command } from "../command/command.js";
import { choiceOption, flagOption, textOption, wholeNumberOption } from "../command/option-values.js";
import { type Column, renderTable } from "../render/table.js";
import { writeLine } from "../render/write-line.js";
import { RECORD_STORE_OPTIONS, readRecordStore } from "../session/store-options.js";
import { toKind } from "../sync/kinds.js";
import { openSync } from "../sync/open-sync.js";
import { timeOf } from "../sync/status-command.js";
import { valueInWords } from "../sync/value-in-words.js";

const WIDTH_CHARS = 140;
const DEFAULT_LIMIT = 20;
const STATUSES = ["open", "settled", "resolved", "gone", "all"] as const;

/** `salesagent conflicts list`: those that wait for a person, unless others are asked for. */
export const listCommand: Command = {
  name: "conflicts list",
  summary: "lists conflicts, the latest first; those that are open, without --status",
  operands: "",
  options: {
    status: {
      type: "string",
      value: "STATUS",
      help: "open, settled (by a policy), resolved (by a person), gone or all (open)",
    },
    crm: { type: "string", value: "CRM", help: "only with one CRM" },
    kind: { type: "string", value: "KIND", help: "company, contact or deal" },
    record: { type: "string", value: "ID", help: "only of one record of the app" },
    limit: { type: "string", value: "N", help: `how many (${DEFAULT_LIMIT})` },
    ...RECORD_STORE_OPTIONS,
    json: { type: "boolean", help: "prints one JSON object a conflict" },
  },
  examples: ["salesagent conflicts", "salesagent conflicts list --crm close --status all --json"],
  async run(_operands, options, io) {
    const [crm, kind] = [textOption(options, "crm"), textOption(options, "kind")];
    const status = choiceOption(options, "status", STATUSES) ?? "open";
    const filter = {
      connection: crm === undefined ? undefined : knownCrm(crm).name,
      kind: kind === undefined ? undefined : toKind(kind, "--kind"),
      recordId: textOption(options, "record"),
      status: status === "all" ? undefined : status,
    };
    const limit = wholeNumberOption(options, "limit", { least: 1, most: 1_000 }) ?? DEFAULT_LIMIT;
    await using session = await openSync(readRecordStore(options, io), io);
    const { items, next } = await session.sync.conflicts.list(filter, { limit }, { signal: io.signal });
    if (flagOption(options, "json")) {
      for (const conflict of items) await writeLine(io, JSON.stringify(conflict));
    } else if (items.length === 0) {
      io.stdout.write(status === "open" ? "No conflicts are open.\n" : "No such conflicts.\n");
    } else {
      io.stdout.write(`${renderTable(COLUMNS, items, io.stdout.columns ?? WIDTH_CHARS)}\n`);
      if (next !== undefined) io.stdout.write(`… and more (--limit ${limit * 2}).\n`);
      if (status === "open") {
        io.stdout.write("\nDecide: salesagent conflicts resolve ID --take app|crm, or --value V\n");
      }
    }
    return 0;
  },
};

const COLUMNS: readonly Column<ConflictRecord>[] = [
  { title: "Conflict", cell: ({ id }) => id },
  { title: "CRM", cell: ({ connection }) => connection },
  { title: "Kind", cell: ({ kind }) => kind },
  { title: "Field", cell: ({ field }) => field },
  { title: "App", cell: ({ app }) => shortened(valueInWords(app)) },
  { title: "CRM's", cell: ({ crm }) => shortened(valueInWords(crm)) },
  { title: "State", cell: ({ status, taken }) => (taken === undefined ? status : `${status}: ${taken}`) },
  { title: "Found", cell: ({ foundAt }) => timeOf(foundAt) },
];

const CELL_CHARS = 24;

const shortened = (text: string): string =>
  text.length > CELL_CHARS ? `${text.slice(0, CELL_CHARS - 1)}…` : text;
