import type { DeadLetter } from "@salesagent/ports";
import type { Command } from "../command/command.js";
import type { Column } from "../render/table.js";
import { readRecordStore } from "../session/store-options.js";
import { openSync } from "../sync/open-sync.js";
import { printReviewList, REVIEW_OPTIONS, readReviewWish } from "../sync/review-list.js";

const STATUSES = ["open", "replayed", "dropped", "all"] as const;

/** `salesagent dlq list`: those that are open, unless others are asked for. */
export const listCommand: Command = {
  name: "dlq list",
  summary: "lists dead letters, the latest first; those that are open, without --status",
  operands: "",
  options: {
    status: { type: "string", value: "STATUS", help: `${STATUSES.join(", ")} (open)` },
    ...REVIEW_OPTIONS,
    json: { type: "boolean", help: "prints one JSON object a letter" },
  },
  examples: ["salesagent dlq", "salesagent dlq list --crm hubspot --status all --json"],
  async run(_operands, options, io) {
    const wish = readReviewWish(options, STATUSES);
    await using session = await openSync(readRecordStore(options, io), io);
    const { deadLetters } = session.sync;
    const page = await deadLetters.list(wish.filter, { limit: wish.limit }, { signal: io.signal });
    await printReviewList(io, options, wish, page, {
      name: "dead letters",
      columns: COLUMNS,
      todo: "Mend the cause, then: salesagent dlq replay ID; or give it up: salesagent dlq drop ID",
    });
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
