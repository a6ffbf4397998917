import type { ConnectionStatus, KindCounts } from "@salesagent/core/crm";
import type { RecordKind } from "@salesagent/ports";
import { howMany } from "../render/how-many.js";
import { formatDuration } from "../render/progress-line.js";
import { type Column, renderTable } from "../render/table.js";
import type { SyncOutcome } from "./run-sync.js";

const WIDTH_CHARS = 140;

interface KindRow extends KindCounts {
  readonly kind: RecordKind;
}

/** What a run came to, and what is to be done next. */
export function outcomeInWords(
  { crm, run, counts, status }: SyncOutcome,
  { durable, width = WIDTH_CHARS }: { readonly durable: boolean; readonly width?: number | undefined },
): string {
  const rows = [...counts].map(([kind, count]) => ({ kind, ...count }));
  const table = rows.length === 0 ? "" : `${renderTable(COLUMNS, rows, width)}\n\n`;
  const tookMs = Date.parse(run.finishedAt ?? run.startedAt) - Date.parse(run.startedAt);
  const { openConflicts = 0, openDeadLetters = 0, heldRemovals = 0, due = 0 } = status ?? {};
  const left = [
    ...(openConflicts > 0
      ? [`${howMany(openConflicts, "conflict is", "conflicts are")} open: salesagent conflicts list`]
      : []),
    ...(openDeadLetters > 0
      ? [`${howMany(openDeadLetters, "dead letter is", "dead letters are")} open: salesagent dlq list`]
      : []),
    ...(heldRemovals > 0
      ? [`${howMany(heldRemovals, "removal is", "removals are")} held: salesagent sync status ${crm}`]
      : []),
    ...waitingInWords(status?.links ?? [], crm),
    ...(due > 0
      ? [`${howMany(due, "record waits", "records wait")} to be tried again: salesagent sync ${crm}`]
      : []),
  ];
  // What cannot be gone on with by another process is not worth a hint.
  const next = left.length > 0 && durable ? left : left.map((line) => line.replace(/:.*$/, ""));
  return `${table}Synced ${crm} in ${formatDuration(tookMs)} (run ${run.id}).\n${next.map((line) => `${line}\n`).join("")}`;
}

/** Records that are to be made in the CRM, and could not be yet. */
function waitingInWords(links: ConnectionStatus["links"], crm: string): readonly string[] {
  const waiting = links.filter(({ state, links: count }) => state === "new" && count > 0);
  return waiting.map(
    ({ kind, links: count }) =>
      `${howMany(count, `${kind} record is not in ${crm} yet, and is`, `${kind} records are not in ${crm} yet, and are`)} tried again; mostly for want of a record that is not there (links.company of a deal): salesagent sync status ${crm}`,
  );
}

const column = (title: string, count: (row: KindRow) => number): Column<KindRow> => ({
  title,
  align: "right",
  cell: (row) => String(count(row)),
});

const COLUMNS: readonly Column<KindRow>[] = [
  { title: "Kind", cell: ({ kind }) => kind },
  column("Looked at", ({ read }) => read),
  column("Unchanged", ({ unchanged }) => unchanged),
  column("Matched", ({ linked }) => linked),
  column("App +", ({ createdInApp }) => createdInApp),
  column("~", ({ updatedInApp }) => updatedInApp),
  column("-", ({ removedInApp }) => removedInApp),
  column("CRM +", ({ createdInCrm }) => createdInCrm),
  column("~", ({ updatedInCrm }) => updatedInCrm),
  column("-", ({ removedInCrm }) => removedInCrm),
  column("Conflicts", ({ conflicts }) => conflicts),
  column("Failed", ({ failed, refused }) => failed + refused),
];
