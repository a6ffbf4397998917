import type { SyncRun } from "@salesagent/ports";
import type { Command } from "../command/command.js";
import { choiceOption, flagOption, wholeNumberOption } from "../command/option-values.js";
import { formatDuration } from "../render/progress-line.js";
import { type Column, renderTable } from "../render/table.js";
import { writeLine } from "../render/write-line.js";
import { RECORD_STORE_OPTIONS, readRecordStore } from "../session/store-options.js";
import { openSync } from "./open-sync.js";
import { timeOf } from "./status-command.js";
import { theCrm } from "./sync-options.js";

const WIDTH_CHARS = 140;
const DEFAULT_LIMIT = 20;
const STATUSES = ["running", "completed", "failed", "stopped"] as const satisfies SyncRun["status"][];

/** `salesagent sync history`: runs, the latest first. */
export const historyCommand: Command = {
  name: "sync history",
  summary: "runs, the latest first",
  operands: "[CRM]",
  options: {
    status: { type: "string", value: "STATUS", help: STATUSES.join(", ") },
    limit: { type: "string", value: "N", help: `how many (${DEFAULT_LIMIT})` },
    ...RECORD_STORE_OPTIONS,
    json: { type: "boolean", help: "prints one JSON object a run" },
  },
  examples: ["salesagent sync history", "salesagent sync history close --status failed --json"],
  async run(operands, options, io) {
    const connection = operands.length === 0 ? undefined : theCrm(operands).name;
    const status = choiceOption(options, "status", STATUSES);
    const limit = wholeNumberOption(options, "limit", { least: 1, most: 1_000 }) ?? DEFAULT_LIMIT;
    await using session = await openSync(readRecordStore(options, io), io);
    const { signal } = io;
    const { items } = await session.sync.history({ connection, status }, { limit }, { signal });
    if (flagOption(options, "json")) {
      for (const run of items) await writeLine(io, JSON.stringify(run));
    } else if (items.length === 0) io.stdout.write("No runs.\n");
    else io.stdout.write(`${renderTable(COLUMNS, items, io.stdout.columns ?? WIDTH_CHARS)}\n`);
    return 0;
  },
};

const COLUMNS: readonly Column<SyncRun>[] = [
  { title: "Run", cell: ({ id }) => id },
  { title: "CRM", cell: ({ connection }) => connection },
  { title: "Begun", cell: ({ startedAt }) => timeOf(startedAt) },
  { title: "Took", align: "right", cell: tookOf },
  { title: "By", cell: ({ trigger }) => trigger },
  { title: "State", cell: ({ status }) => status },
  { title: "Did", grows: true, cell: ({ error, counts }) => (error ? error.message : countsInWords(counts)) },
];

function tookOf({ startedAt, finishedAt }: SyncRun): string {
  return finishedAt === undefined ? "" : formatDuration(Date.parse(finishedAt) - Date.parse(startedAt));
}

function countsInWords(counts: SyncRun["counts"]): string {
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  return told.map(([name, count]) => `${name} ${count}`).join(", ");
}
