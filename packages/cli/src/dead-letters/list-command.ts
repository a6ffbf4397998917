import type { DeadLetter } from "@salesagent/ports";
import { knownCrm } from "../choice/crms.js";
import type { Command } from "../command/command.js";
import { choiceOption, flagOption, textOption, wholeNumberOption } from "../command/option-values.js";
import { type Column, renderTable } from "../render/table.js";
import { writeLine } from "../render/write-line.js";
import { RECORD_STORE_OPTIONS, readRecordStore } from "../session/store-options.js";
import { toKind } from "../sync/kinds.js";
import { openSync } from "../sync/open-sync.js";

const WIDTH_CHARS = 140;
const DEFAULT_LIMIT = 20;
const STATUSES = ["open", "replayed", "dropped", "all"] as const;

/** `salesagent dlq list`: those that are open, unless others are asked for. */
export const listCommand: Command = {
  name: "dlq list",
  summary: "lists dead letters, the latest first; those that are open, without --status",
  operands: "",
  options: {
    status: { type: "string", value: "STATUS", help: `${STATUSES.join(", ")} (open)` },
    crm: { type: "string", value: "CRM", help: "only of one CRM" },
    kind: { type: "string", value: "KIND", help: "company, contact or deal" },
    record: { type: "string", value: "ID", help: "only of one record of the app" },
    limit: { type: "string", value: "N", help: `how many (${DEFAULT_LIMIT})` },
    ...RECORD_STORE_OPTIONS,
    json: { type: "boolean", help: "prints one JSON object a letter" },
  },
  examples: ["salesagent dlq", "salesagent dlq list --crm hubspot --status all --json"],
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
    const { items, next } = await session.sync.deadLetters.list(filter, { limit }, { signal: io.signal });
    if (flagOption(options, "json")) {
      for (const letter of items) await writeLine(io, JSON.stringify(letter));
    } else if (items.length === 0) {
      io.stdout.write(status === "open" ? "No dead letters are open.\n" : "No such dead letters.\n");
    } else {
      io.stdout.write(`${renderTable(COLUMNS, items, io.stdout.columns ?? WIDTH_CHARS)}\n`);
      if (next !== undefined) io.stdout.write(`… and more (--limit ${limit * 2}).\n`);
      if (status === "open") {
        io.stdout.write(
          "\nMend the cause, then: salesagent dlq replay ID; or give it up: salesagent dlq drop ID\n",
        );
      }
    }
    return 0;
  },
};

const COLUMNS: readonly Column<DeadLetter>[] = [
  { title: "Letter", cell: ({ id }) => id },
  { title: "CRM", cell: ({ connection }) => connection },
  { title: "Kind", cell: ({ kind }) => kind },
  { title: "Tried", cell: ({ operation, history }) => `${operation}, ${history.length + 1}×` },
  { title: "State", cell: ({ status }) => status },
  { title: "Because", grows: true, cell: ({ error }) => `${error.code}: ${error.message}` },
];
