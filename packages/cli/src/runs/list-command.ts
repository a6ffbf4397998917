import { storedWorkflowOf } from "@salesagent/core/workflow";
import type { FlowRecord, RunRecord, RunStatus } from "@salesagent/ports";
import type { Command, OptionValues } from "../command/command.js";
import { choiceOption, flagOption, textOption, wholeNumberOption } from "../command/option-values.js";
import type { Io } from "../io.js";
import { formatUsd } from "../render/format-usd.js";
import { type Column, renderTable } from "../render/table.js";
import { openStore, type StoreSession } from "../session/open-session.js";
import { DURABLE_OPTIONS, readDurableChoice } from "../session/store-options.js";
import { worldOf } from "../world/own-versions.js";

const STATUSES = [
  "pending",
  "running",
  "waiting",
  "completed",
  "failed",
  "cancelled",
] as const satisfies RunStatus[];
const WIDTH_CHARS = 140;
const DEFAULT_LIMIT = 20;

/** A run as the list shows it. */
export interface ListedRun {
  readonly id: string;
  /** `graph`: it can wait, go on elsewhere and be retried. `agent`: it works in one go. */
  readonly kind: "graph" | "agent";
  readonly agent: string;
  readonly status: RunStatus;
  readonly createdAt: string;
  readonly parentId?: string;
  /** What would wake it. */
  readonly awaiting?: readonly string[];
  readonly stop?: NonNullable<FlowRecord["stop"]>;
  readonly simulated?: true;
  readonly costUsd?: number;
  readonly errorCode?: string;
}

/** `salesagent runs list`: both kinds of runs, the latest first. */
export const listCommand: Command = {
  name: "runs list",
  summary: "lists runs, the latest first",
  operands: "",
  options: {
    status: { type: "string", value: "STATUS", help: STATUSES.join(", ") },
    agent: { type: "string", value: "NAME", help: "only those of one agent" },
    all: { type: "boolean", help: "also those that are a part of another run" },
    limit: { type: "string", value: "N", help: `how many (${DEFAULT_LIMIT})` },
    ...DURABLE_OPTIONS,
    json: { type: "boolean", help: "prints one JSON object a line" },
  },
  examples: ["salesagent runs list --status waiting", "salesagent runs list --agent bdr --json"],
  async run(_operands, options, io) {
    const filter = {
      status: choiceOption(options, "status", STATUSES),
      agent: textOption(options, "agent"),
      all: flagOption(options, "all"),
      limit: wholeNumberOption(options, "limit", { least: 1, most: 1_000 }) ?? DEFAULT_LIMIT,
    };
    await using store = await openStore(readDurableChoice(options, io), io);
    print(await listRuns(store, filter), options, io);
    return 0;
  },
};

function print(runs: readonly ListedRun[], options: OptionValues, io: Io): void {
  if (flagOption(options, "json")) {
    for (const run of runs) io.stdout.write(`${JSON.stringify(run)}\n`);
  } else if (runs.length === 0) {
    io.stdout.write("No runs. `salesagent run bdr --example --store pg` begins one.\n");
  } else {
    io.stdout.write(`${renderTable(COLUMNS, runs, io.stdout.columns ?? WIDTH_CHARS)}\n`);
  }
}

/** Which runs are listed. */
export interface ListFilter {
  readonly status: RunStatus | undefined;
  readonly agent: string | undefined;
  /** Parts of other runs, too. */
  readonly all: boolean;
  readonly limit: number;
}

/** Runs of both kinds, the latest first. */
async function listRuns(
  { stores }: Pick<StoreSession, "stores">,
  { status, agent, all, limit }: ListFilter,
): Promise<readonly ListedRun[]> {
  const isShown = ({ parentId }: ListedRun) => all || parentId === undefined;
  const [flows, runs] = await Promise.all([
    take(limit, isShown, async (after) => {
      const page = await stores.flows.list({ graph: agent, status }, { limit, after });
      return { ...page, items: page.items.map(ofFlow) };
    }),
    take(limit, isShown, async (after) => {
      const page = await stores.runs.list({ agent, status }, { limit, after });
      return { ...page, items: page.items.map(ofRun) };
    }),
  ]);
  const latest = [...flows, ...runs]
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0))
    .slice(0, limit);
  return withCosts(stores, latest);
}

/** Graphs cost what their parts cost, asked for all of them at once. */
async function withCosts(
  { runs }: StoreSession["stores"],
  listed: readonly ListedRun[],
): Promise<readonly ListedRun[]> {
  const graphs = listed.flatMap(({ kind, id }) => (kind === "graph" ? [id] : []));
  if (graphs.length === 0) return listed;
  const costs = new Map(
    (await runs.costsOfParts(graphs)).map(({ parentRunId, costUsd }) => [parentRunId, costUsd]),
  );
  return listed.map((run) => {
    const costUsd = run.kind === "graph" ? costs.get(run.id) : undefined;
    return costUsd === undefined ? run : { ...run, costUsd };
  });
}

/** So many rows that are shown, from as many pages as that takes. */
async function take<Row>(
  limit: number,
  isShown: (row: Row) => boolean,
  read: (after: string | undefined) => Promise<{ readonly items: readonly Row[]; readonly next?: string }>,
): Promise<readonly Row[]> {
  const taken: Row[] = [];
  let after: string | undefined;
  do {
    const page = await read(after);
    taken.push(...page.items.filter(isShown));
    after = page.next;
  } while (after !== undefined && taken.length < limit);
  return taken;
}

function ofFlow(record: FlowRecord): ListedRun {
  const { id, graph, status, createdAt, parentId, awaiting, stop, error } = record;
  return {
    ...{ id, kind: "graph", agent: storedWorkflowOf(record)?.workflow ?? graph, status, createdAt },
    ...(parentId !== undefined && { parentId }),
    ...(awaiting.length > 0 && { awaiting }),
    ...(stop && { stop }),
    ...(error && { errorCode: error.code }),
    ...(worldOf(record) === "rehearsal" && { simulated: true }),
  };
}

function ofRun({ id, agent, status, startedAt, parentRunId, costUsd, error }: RunRecord): ListedRun {
  return {
    ...{ id, kind: "agent", agent, status, createdAt: startedAt },
    ...(parentRunId !== undefined && { parentId: parentRunId }),
    ...(costUsd !== undefined && { costUsd }),
    ...(error && { errorCode: error.code }),
  };
}

const HAS_ENDED: ReadonlySet<RunStatus> = new Set(["completed", "failed", "cancelled"]);

const COLUMNS: readonly Column<ListedRun>[] = [
  { title: "Run", cell: ({ id }) => id },
  { title: "Kind", cell: ({ kind, parentId }) => (parentId === undefined ? kind : "part") },
  { title: "Agent", cell: ({ agent, simulated }) => (simulated ? `${agent} (rehearsal)` : agent) },
  { title: "State", cell: stateOf },
  { title: "Begun", cell: ({ createdAt }) => createdAt.slice(0, 19).replace("T", " ") },
  { title: "Cost", align: "right", cell: ({ costUsd }) => (costUsd === undefined ? "" : formatUsd(costUsd)) },
  {
    title: "Waits for",
    grows: true,
    cell: ({ awaiting, errorCode }) => errorCode ?? awaiting?.join(", ") ?? "",
  },
];

/** One whose end was asked for goes on saying what it did until somebody ends it. */
function stateOf({ status, stop }: ListedRun): string {
  return stop && !HAS_ENDED.has(status) ? `${status}, is to end` : status;
}
