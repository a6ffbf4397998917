import type { DeadLetter } from "@salesagent/ports";
import type { Command } from "../command/command.js";
import { flagOption } from "../command/option-values.js";
import { dataInWords } from "../render/data-in-words.js";
import { plainCell } from "../render/table.js";
import { RECORD_STORE_OPTIONS, readRecordStore } from "../session/store-options.js";
import { openSync } from "../sync/open-sync.js";
import { timeOf } from "../sync/status-command.js";
import { theLetter } from "./the-letter.js";

/** `salesagent dlq show ID`: what was tried, with what, and why it failed, each time. */
export const showCommand: Command = {
  name: "dlq show",
  summary: "shows a dead letter: what was to be written, why it was not, and earlier failures",
  operands: "ID",
  options: { ...RECORD_STORE_OPTIONS, json: { type: "boolean", help: "prints one JSON object" } },
  examples: ["salesagent dlq show 01a1fdd1"],
  async run(operands, options, io) {
    await using session = await openSync(readRecordStore(options, io), io);
    const letter = await theLetter(session.sync, operands, io.signal);
    io.stdout.write(flagOption(options, "json") ? `${JSON.stringify(letter)}\n` : inWords(letter));
    return 0;
  },
};

function inWords(letter: DeadLetter): string {
  const { id, connection, kind, operation, recordId, crmId, error, history, status, payload } = letter;
  const who = letter.endedBy === undefined ? "" : ` by ${plainCell(letter.endedBy)}`;
  const ids = [recordId, crmId === undefined ? undefined : `${connection} ${crmId}`];
  return [
    `${operation} of the ${kind} ${ids.filter((one) => one !== undefined).join(", ")}: ${status}${who}`,
    `${timeOf(letter.updatedAt)}  ${error.code}: ${plainCell(error.message)}`,
    ...history
      .toReversed()
      .map((one) => `${timeOf(one.at)}  ${one.error.code}: ${plainCell(one.error.message)}`),
    "",
    dataInWords({ payload }, 0),
    ...(status === "open" ? ["", `  salesagent dlq replay ${id}`, `  salesagent dlq drop ${id}`] : []),
    "",
  ].join("\n");
}
