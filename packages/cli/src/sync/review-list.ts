import type { Page, RecordKind } from "@salesagent/ports";
import { knownCrm } from "../choice/crms.js";
import type { OptionValues } from "../command/command.js";
import { choiceOption, flagOption, textOption, wholeNumberOption } from "../command/option-values.js";
import type { Io } from "../io.js";
import { type Column, renderTable } from "../render/table.js";
import { writeLine } from "../render/write-line.js";
import { RECORD_STORE_OPTIONS } from "../session/store-options.js";
import { toKind } from "./kinds.js";

const WIDTH_CHARS = 140;
const DEFAULT_LIMIT = 20;

/** Options of a command that lists what waits for a person. */
export const REVIEW_OPTIONS = {
  crm: { type: "string", value: "CRM", help: "only with one CRM" },
  kind: { type: "string", value: "KIND", help: "company, contact or deal" },
  record: { type: "string", value: "ID", help: "only of one record of the app" },
  limit: { type: "string", value: "N", help: `how many (${DEFAULT_LIMIT})` },
  ...RECORD_STORE_OPTIONS,
} as const;

/** What such a command is to list. */
export interface ReviewWish<Status extends string> {
  readonly filter: {
    readonly connection: string | undefined;
    readonly kind: RecordKind | undefined;
    readonly recordId: string | undefined;
    /** Absent for all. */
    readonly status: Exclude<Status, "all"> | undefined;
  };
  readonly limit: number;
}

/** @param statuses - Those that can be asked for; the open ones, where none is. */
export function readReviewWish<Status extends string>(
  options: OptionValues,
  statuses: readonly Status[],
): ReviewWish<Status | "open"> {
  const [crm, kind] = [textOption(options, "crm"), textOption(options, "kind")];
  const status = choiceOption(options, "status", statuses) ?? "open";
  return {
    filter: {
      connection: crm === undefined ? undefined : knownCrm(crm).name,
      kind: kind === undefined ? undefined : toKind(kind, "--kind"),
      recordId: textOption(options, "record"),
      status: status === "all" ? undefined : (status as Exclude<Status | "open", "all">),
    },
    limit: wholeNumberOption(options, "limit", { least: 1, most: 1_000 }) ?? DEFAULT_LIMIT,
  };
}

/** Prints a page of what was found. @param words - What they are called, and what to do with one that is open. */
export async function printReviewList<Item>(
  io: Io,
  options: OptionValues,
  { filter, limit }: ReviewWish<string>,
  { items, next }: Page<Item>,
  words: { readonly name: string; readonly columns: readonly Column<Item>[]; readonly todo: string },
): Promise<void> {
  const isOpen = filter.status === "open";
  if (flagOption(options, "json")) {
    for (const item of items) await writeLine(io, JSON.stringify(item));
  } else if (items.length === 0) {
    io.stdout.write(isOpen ? `No ${words.name} are open.\n` : `No such ${words.name}.\n`);
  } else {
    io.stdout.write(`${renderTable(words.columns, items, io.stdout.columns ?? WIDTH_CHARS)}\n`);
    if (next !== undefined) io.stdout.write(`… and more (--limit ${limit * 2}).\n`);
    if (isOpen) io.stdout.write(`\n${words.todo}\n`);
  }
}
