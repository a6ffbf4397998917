import type { ConflictRecord } from "@salesagent/ports";
import type { Command } from "../command/command.js";
import { flagOption } from "../command/option-values.js";
import { plainCell, renderTable } from "../render/table.js";
import { RECORD_STORE_OPTIONS, readRecordStore } from "../session/store-options.js";
import { openSync } from "../sync/open-sync.js";
import { timeOf } from "../sync/status-command.js";
import { valueInWords } from "../sync/value-in-words.js";
import { theConflict } from "./the-conflict.js";

const WIDTH_CHARS = 140;

/** `salesagent conflicts show ID`: what stood, and what each side made of it. */
export const showCommand: Command = {
  name: "conflicts show",
  summary: "shows a conflict: what was agreed on, what the app has and what the CRM has",
  operands: "ID",
  options: { ...RECORD_STORE_OPTIONS, json: { type: "boolean", help: "prints one JSON object" } },
  examples: ["salesagent conflicts show 5f2c9d1e"],
  async run(operands, options, io) {
    await using session = await openSync(readRecordStore(options, io), io);
    const conflict = await theConflict(session.sync, operands, io.signal);
    if (flagOption(options, "json")) io.stdout.write(`${JSON.stringify(conflict)}\n`);
    else io.stdout.write(inWords(conflict, io.stdout.columns ?? WIDTH_CHARS));
    return 0;
  },
};

function inWords(conflict: ConflictRecord, width: number): string {
  const { id, connection, kind, recordId, crmId, field, policy, status, taken, foundAt } = conflict;
  const table = renderTable(
    [
      { title: field, cell: ([side]) => side },
      { title: "Value", grows: true, cell: ([, value]) => value },
    ],
    [
      ["agreed", valueInWords(conflict.base)],
      ["app", valueInWords(conflict.app)],
      [connection, valueInWords(conflict.crm)],
    ] as const,
    width,
  );
  const who = conflict.endedBy === undefined ? "" : ` by ${plainCell(conflict.endedBy)}`;
  const outcome = taken === undefined ? status : `${status}, ${taken} was taken${who}`;
  const next =
    status === "open"
      ? `\n  salesagent conflicts resolve ${id} --take app|crm${field === "$record" ? "" : "   [--value V]"}\n`
      : "";
  return [
    `${kind} ${recordId}${crmId === undefined ? "" : `, ${connection} ${crmId}`}`,
    `${outcome}; policy ${policy}; found ${timeOf(foundAt)}`,
    "",
    table,
    next,
  ].join("\n");
}
