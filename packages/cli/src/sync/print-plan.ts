import type { PlannedWrite } from "@salesagent/core/crm";
import { systemClock } from "@salesagent/ports";
import type { Io } from "../io.js";
import { ProgressLine } from "../render/progress-line.js";
import { type Column, renderTable } from "../render/table.js";
import { writeLine } from "../render/write-line.js";
import type { SyncSession } from "./open-sync.js";
import type { SyncChoice } from "./sync-options.js";
import { valueInWords } from "./value-in-words.js";

const WIDTH_CHARS = 140;

/** How many writes of a sort a plan has. */
interface PlanCount {
  readonly side: PlannedWrite["side"];
  readonly op: PlannedWrite["op"];
  readonly kind: PlannedWrite["kind"];
  /** Removals that would wait for somebody's word. */
  readonly held?: true;
  readonly writes: number;
}

/** Prints what a sync would write, as it is found: the first writes whole, the others counted. */
export async function printPlan(choice: SyncChoice, { sync }: SyncSession, io: Io): Promise<number> {
  const { crm, limit, json, run } = choice;
  const shown: PlannedWrite[] = [];
  const counts = new Map<string, PlanCount>();
  let writes = 0;
  {
    using progress = new ProgressLine(io.stderr, systemClock);
    for await (const write of sync.plan(crm.name, { ...run, signal: io.signal })) {
      writes += 1;
      count(counts, write);
      progress.update({ label: `planning ${write.kind}`, done: writes });
      if (writes > limit) continue;
      if (json) await writeLine(io, JSON.stringify({ type: "write", ...write }));
      else shown.push(write);
    }
  }
  const sums = [...counts.values()];
  if (json) await writeLine(io, JSON.stringify({ type: "summary", crm: crm.name, writes, counts: sums }));
  else io.stdout.write(planInWords(choice, shown, sums, writes, io.stdout.columns ?? WIDTH_CHARS));
  return 0;
}

function count(counts: Map<string, PlanCount>, { side, op, kind, held }: PlannedWrite): void {
  const name = `${side} ${op} ${kind} ${held ?? ""}`;
  const writes = (counts.get(name)?.writes ?? 0) + 1;
  counts.set(name, { side, op, kind, ...(held && { held }), writes });
}

function planInWords(
  { crm, limit }: SyncChoice,
  shown: readonly PlannedWrite[],
  counts: readonly PlanCount[],
  writes: number,
  width: number,
): string {
  if (writes === 0) return `Nothing to write: the app and ${crm.name} are in step.\n`;
  const rest = writes - shown.length;
  const more = rest > 0 ? `… and ${rest} more (--limit ${limit + rest} shows all, --json one a line).\n` : "";
  const table = shown.length === 0 ? "" : `${renderTable(COLUMNS, shown, width)}\n`;
  return `${table}${more}\n${renderTable(COUNT_COLUMNS, counts, width)}\n\nNothing was written. Without --plan this is done.\n`;
}

const COUNT_COLUMNS: readonly Column<PlanCount>[] = [
  { title: "Side", cell: ({ side }) => side },
  { title: "Would", cell: opInWords },
  { title: "Kind", cell: ({ kind }) => kind },
  { title: "Writes", align: "right", cell: ({ writes }) => String(writes) },
];

const COLUMNS: readonly Column<PlannedWrite>[] = [
  { title: "Side", cell: ({ side }) => side },
  { title: "Would", cell: opInWords },
  { title: "Kind", cell: ({ kind }) => kind },
  { title: "Record", cell: ({ side, recordId, crmId }) => nameOf(side, recordId, crmId) },
  { title: "Fields", grows: true, cell: fieldsOf },
];

function opInWords({ op, held }: Pick<PlannedWrite, "op" | "held">): string {
  return held ? `${op} (held)` : op;
}

/** Ids are long, and tell records apart by their ends. */
function nameOf(side: PlannedWrite["side"], recordId: string | undefined, crmId: string | undefined): string {
  const [first, second] = side === "app" ? [recordId, crmId] : [crmId, recordId];
  const id = first ?? second ?? "";
  return id.length > 18 ? `…${id.slice(-17)}` : id;
}

function fieldsOf({ op, changes, reason }: PlannedWrite): string {
  const told = Object.entries(changes).map(([field, { from, to }]) => {
    if (op === "create") return `${field}: ${valueInWords(to)}`;
    const arrow = op === "conflict" ? "<>" : "->";
    return `${field}: ${valueInWords(from)} ${arrow} ${valueInWords(to)}`;
  });
  return [...told, ...(reason === undefined ? [] : [`(${reason})`])].join("; ");
}
