import type { ConnectionStatus } from "@salesagent/core/crm";
import type { Command } from "../command/command.js";
import { flagOption } from "../command/option-values.js";
import type { Io } from "../io.js";
import { type Column, renderTable } from "../render/table.js";
import { writeLine } from "../render/write-line.js";
import { RECORD_STORE_OPTIONS, readRecordStore } from "../session/store-options.js";
import { openSync } from "./open-sync.js";
import { theCrm } from "./sync-options.js";

const WIDTH_CHARS = 140;

/** `salesagent sync status`: how each connection stands. */
export const statusCommand: Command = {
  name: "sync status",
  summary: "how each CRM stands: links, what is due, conflicts, dead letters, held removals",
  operands: "[CRM]",
  options: { ...RECORD_STORE_OPTIONS, json: { type: "boolean", help: "prints one JSON object a CRM" } },
  examples: ["salesagent sync status", "salesagent sync status close --json"],
  async run(operands, options, io) {
    const only = operands.length === 0 ? undefined : theCrm(operands).name;
    await using session = await openSync(readRecordStore(options, io), io);
    const all = await session.sync.status({ signal: io.signal });
    const isShown = ({ connection, links, lastRun }: ConnectionStatus) =>
      only === undefined ? links.length > 0 || lastRun !== undefined : connection === only;
    const shown = all.filter(isShown);
    if (flagOption(options, "json")) {
      for (const status of shown) await writeLine(io, JSON.stringify(status));
    } else print(shown, io);
    return 0;
  },
};

function print(shown: readonly ConnectionStatus[], { stdout }: Io): void {
  if (shown.length === 0) {
    stdout.write("Nothing was synced yet. `salesagent sync close --plan --store pg` tells what would be.\n");
    return;
  }
  const width = stdout.columns ?? WIDTH_CHARS;
  stdout.write(`${renderTable(COLUMNS, shown, width)}\n`);
  const links = shown.flatMap(({ connection, links: counts }) =>
    counts.map((count) => ({ connection, ...count })),
  );
  if (links.length > 0) stdout.write(`\n${renderTable(LINK_COLUMNS, links, width)}\n`);
}

const COLUMNS: readonly Column<ConnectionStatus>[] = [
  { title: "CRM", cell: ({ connection }) => connection },
  {
    title: "Last run",
    cell: ({ lastRun }) => (lastRun ? `${lastRun.status}, ${timeOf(lastRun.startedAt)}` : ""),
  },
  { title: "Last completed", cell: ({ lastCompletedAt }) => timeOf(lastCompletedAt) },
  { title: "Due", align: "right", cell: ({ due }) => String(due) },
  { title: "Conflicts", align: "right", cell: ({ openConflicts }) => String(openConflicts) },
  { title: "Dead letters", align: "right", cell: ({ openDeadLetters }) => String(openDeadLetters) },
  { title: "Held removals", align: "right", cell: ({ heldRemovals }) => String(heldRemovals) },
];

type LinkRow = ConnectionStatus["links"][number] & { readonly connection: string };

const LINK_COLUMNS: readonly Column<LinkRow>[] = [
  { title: "CRM", cell: ({ connection }) => connection },
  { title: "Kind", cell: ({ kind }) => kind },
  { title: "State", cell: ({ state }) => state },
  { title: "Links", align: "right", cell: ({ links }) => String(links) },
  { title: "Due", align: "right", cell: ({ due }) => String(due) },
];

/** To the second, for people. */
export function timeOf(at: string | undefined): string {
  return at === undefined ? "" : at.slice(0, 19).replace("T", " ");
}
