import type { ConflictRecord } from "@salesagent/ports";
import type { Command } from "../command/command.js";
import type { Column } from "../render/table.js";
import { readRecordStore } from "../session/store-options.js";
import { openSync } from "../sync/open-sync.js";
import { printReviewList, REVIEW_OPTIONS, readReviewWish } from "../sync/review-list.js";
import { timeOf } from "../sync/status-command.js";
import { valueInWords } from "../sync/value-in-words.js";

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
    ...REVIEW_OPTIONS,
    json: { type: "boolean", help: "prints one JSON object a conflict" },
  },
  examples: ["salesagent conflicts", "salesagent conflicts list --crm close --status all --json"],
  async run(_operands, options, io) {
    const wish = readReviewWish(options, STATUSES);
    await using session = await openSync(readRecordStore(options, io), io);
    const { conflicts } = session.sync;
    const page = await conflicts.list(wish.filter, { limit: wish.limit }, { signal: io.signal });
    await printReviewList(io, options, wish, page, {
      name: "conflicts",
      columns: COLUMNS,
      todo: "Decide: salesagent conflicts resolve ID --take app|crm, or --value V",
    });
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
