import type { StoredWorkflowLog, WorkflowLogEntry } from "@salesagent/core/workflow";
import type { Command } from "../command/command.js";
import { flagOption } from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import { formatDuration } from "../render/progress-line.js";
import { type Column, renderTable } from "../render/table.js";
import { findGraphRun, theOperand } from "../runs/find-run.js";
import { openStore, type StoreSession } from "../session/open-session.js";
import { DURABLE_OPTIONS, readDurableChoice } from "../session/store-options.js";
import { waitsInWords } from "../session/waits-in-words.js";
import { worldOf } from "../world/own-versions.js";
import { withWorkflows } from "./open-library.js";
import { workflowEntry } from "./workflow-entry.js";

const WIDTH_CHARS = 160;
/** Of an input or an output, in the table; `--json` has as much as the log keeps. */
const SHOWN_CHARS = 48;

/** `salesagent workflow log RUN`: what a run has done, step by step. */
export const logCommand: Command = {
  name: "workflow log",
  summary: "shows the steps of a workflow's run, with their inputs and outputs, and where it stands",
  operands: "RUN",
  options: { ...DURABLE_OPTIONS, json: { type: "boolean", help: "prints one JSON object" } },
  examples: ["salesagent workflow log f8bfd61a5f3c", "salesagent workflow log f8bfd61a5f3c --json"],
  async run(operands, options, io) {
    const id = theOperand(operands, "run");
    await using store = await openStore(readDurableChoice(options, io), io);
    const { record } = await findGraphRun(store, id);
    const { tenant } = store;
    const log = await withWorkflows(store, worldOf(record), (workflows) =>
      workflows.log(record.id, { tenant, signal: io.signal }),
    );
    if (!log)
      throw new UsageError(`The run ${record.id} is of ${record.graph}, which is no stored workflow.`);
    const width = io.stdout.columns ?? WIDTH_CHARS;
    io.stdout.write(
      flagOption(options, "json")
        ? `${JSON.stringify({ runId: record.id, ...log })}\n`
        : `${await inWords(store, record.id, log, width)}\n`,
    );
    return 0;
  },
};

async function inWords(
  store: StoreSession,
  runId: string,
  log: StoredWorkflowLog,
  width: number,
): Promise<string> {
  const { workflow, version, status, steps, open, on, error, stop } = log;
  const waits = await waitsInWords(store, { runId, state: {}, on, entry: workflowEntry(log) });
  return [
    `${workflow}, version ${version} · run ${runId} · ${status}`,
    ...(stop ? [`its end was asked for by ${stop.by} at ${stop.at}: ${stop.reason}`] : []),
    ...(steps.length > 0 ? ["", renderTable(COLUMNS, steps, width)] : []),
    ...(status !== "completed" && status !== "cancelled" && open.length > 0
      ? ["", `${status === "failed" ? "failed in" : "comes next:"} ${open.join(", ")}`]
      : []),
    ...(error ? [`${error.message} (${error.code})`, `  salesagent runs retry ${runId}`] : []),
    ...(status === "waiting" && on.length > 0 ? [waits] : []),
  ].join("\n");
}

const short = (text: string | undefined): string =>
  text === undefined || text.length <= SHOWN_CHARS ? (text ?? "") : `${text.slice(0, SHOWN_CHARS - 1)}…`;

const COLUMNS: readonly Column<WorkflowLogEntry>[] = [
  { title: "Step", cell: ({ node, visit }) => (visit > 1 ? `${node} (${visit})` : node) },
  { title: "Kind", cell: ({ kind }) => kind },
  { title: "Came to", cell: ({ outcome, status }) => outcome ?? status },
  {
    title: "Tries",
    align: "right",
    cell: ({ attempts }) => (attempts === undefined ? "" : String(attempts)),
  },
  { title: "Began", cell: ({ startedAt }) => startedAt.slice(0, 19).replace("T", " ") },
  {
    title: "Took",
    align: "right",
    cell: ({ startedAt, endedAt }) => formatDuration(Date.parse(endedAt) - Date.parse(startedAt)),
  },
  { title: "Input", cell: ({ input }) => short(input) },
  { title: "Output", grows: true, cell: ({ output, error }) => error?.message ?? short(output) },
];
