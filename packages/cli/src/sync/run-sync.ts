import type { ConnectionStatus, KindCounts, SyncProgress } from "@salesagent/core/crm";
import type { RecordKind, SyncRun } from "@salesagent/ports";
import type { Io } from "../io.js";
import { writeLine } from "../render/write-line.js";
import type { SyncSession } from "./open-sync.js";
import { outcomeInWords } from "./outcome-in-words.js";
import { PhaseProgress } from "./phase-progress.js";
import type { SyncChoice } from "./sync-options.js";

/** Removals of a kind that wait for somebody's word. */
export type HeldRemovals = Extract<SyncProgress, { type: "braked" }>;

/** What a run came to. */
export interface SyncOutcome {
  readonly crm: string;
  readonly run: SyncRun;
  readonly counts: ReadonlyMap<RecordKind, KindCounts>;
  readonly held: readonly HeldRemovals[];
  readonly status: ConnectionStatus | undefined;
}

/** Runs a sync, tells how far it is, and what it came to. @throws What ended it. */
export async function runSync(choice: SyncChoice, { sync, store }: SyncSession, io: Io): Promise<number> {
  const { crm, json } = choice;
  const counts = new Map<RecordKind, KindCounts>();
  const held: HeldRemovals[] = [];
  const stream = sync.run(crm.name, { ...choice.run, signal: io.signal });
  {
    using progress = new PhaseProgress(io.stderr);
    for await (const event of stream) {
      if (event.type === "progress") counts.set(event.kind, event.counts);
      if (event.type === "braked") held.push(event);
      if (json && event.type !== "completed") await writeLine(io, JSON.stringify(event));
      else progress.tell(event);
    }
  }
  const run = await stream.result();
  const status = (await sync.status({ signal: io.signal })).find(({ connection }) => connection === crm.name);
  const outcome: SyncOutcome = { crm: crm.name, run, counts, held, status };
  if (json) await writeLine(io, JSON.stringify({ type: "summary", run, held, ...leftOf(status) }));
  else io.stdout.write(outcomeInWords(outcome, { durable: store.durable, width: io.stdout.columns }));
  for (const { kind, removals, of } of held) {
    io.stderr.write(
      `Warning: ${removals} of ${of} ${kind} records would be removed; none was. If they are really gone: salesagent sync allow-removals ${crm.name} ${kind}\n`,
    );
  }
  return 0;
}

function leftOf(status: ConnectionStatus | undefined) {
  if (!status) return {};
  const { openConflicts, openDeadLetters, heldRemovals, due } = status;
  return { openConflicts, openDeadLetters, heldRemovals, due };
}
