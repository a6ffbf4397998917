import type { LiveRun, RunStatus, RunSummary } from "@salesagent/client";
import { badge } from "../badge.js";
import { h, link } from "../element.js";
import { everyWhileSeen } from "../every-while-seen.js";
import { choice, labelled } from "../field.js";
import { formatDuration, formatUsd } from "../figures.js";
import { firstPage } from "../first-page.js";
import { inTurns } from "../in-turns.js";
import { leadLink } from "../lead-link.js";
import { PagedView } from "../paged-list.js";
import { toHash } from "../place.js";
import { isActive } from "../run-state.js";
import { type Column, Table } from "../table.js";
import { durationMs, formatDistance, formatTime } from "../times.js";
import type { View, ViewContext } from "../view-context.js";

const PAGE = 25;
const POLL_MS = 3_000;
const STATUSES: readonly RunStatus[] = ["pending", "running", "waiting", "completed", "failed", "cancelled"];

interface Row {
  readonly run: RunSummary;
  /** Once it is known. */
  readonly whole: LiveRun | undefined;
}

/** Runs as they come and go, latest first. */
export const runsView: View = (context) => {
  const { client, place, signal } = context;
  const { status = "" } = place.query;
  const table = new Table("Runs, latest first", columns(context));
  const wholes = new Wholes(context, () => show());
  const read = (after: string | undefined) =>
    firstPage(
      client.runs.list({ after, limit: PAGE, signal, ...(status !== "" && { status: status as RunStatus }) }),
    );
  const list = new PagedView<RunSummary>(context, {
    ...{ read, list: table.element, one: "run", show: () => show() },
    empty:
      status === ""
        ? "No run yet. Start one from your app, or qualify a lead here: open Leads."
        : `No run is ${status}. Choose another status above.`,
  });
  const show = () => {
    const rows = list.items.map((run) => ({ run, whole: wholes.of(run) }));
    table.show(
      rows.map((row) => ({
        key: row.run.id,
        row,
        told: [row.run.status, row.whole?.costUsd, row.whole?.leadId, began(row), took(row)],
      })),
    );
  };
  const chosen = choice([["", "All"], ...STATUSES.map((each) => [each, each] as const)], status, (value) =>
    context.go(toHash("runs", undefined, { status: value })),
  );
  void list.restart();
  everyWhileSeen(POLL_MS, signal, () => list.refresh(({ id }) => id));
  return h("div", {}, h("div", { class: "filters" }, labelled("Status", chosen)), list.element);
};

function columns(context: ViewContext): readonly Column<Row>[] {
  return [
    { title: "Status", cell: ({ run }) => badge(run.status) },
    { title: "Agent", cell: ({ run }) => link(["runs", run.id], run.name) },
    {
      title: "Lead",
      cell: ({ whole }) =>
        whole?.leadId === undefined ? h("span", { class: "quiet" }, "–") : leadLink(context, whole.leadId),
    },
    { title: "Cost", isFigure: true, cell: ({ whole }) => (whole ? formatUsd(whole.costUsd) : "…") },
    {
      title: "Began",
      cell: ({ run }) =>
        h("time", { datetime: run.createdAt, title: formatTime(run.createdAt) }, began({ run })),
    },
    { title: "Took", isFigure: true, cell: took },
  ];
}

const began = ({ run }: Pick<Row, "run">): string => formatDistance(run.createdAt, Date.now());

const took = ({ run }: Pick<Row, "run">): string =>
  formatDuration(durationMs(run.createdAt, isActive(run.status) ? Date.now() : run.updatedAt));

/** What the list does not tell of runs: each is asked for once, and again when it has changed. */
class Wholes {
  readonly #turns = inTurns(4);
  readonly #known = new Map<string, { readonly updatedAt: string; run: LiveRun | undefined }>();
  readonly #context: ViewContext;
  readonly #changed: () => void;

  constructor(context: ViewContext, changed: () => void) {
    this.#context = context;
    this.#changed = changed;
  }

  of({ id, updatedAt }: RunSummary): LiveRun | undefined {
    const known = this.#known.get(id);
    if (known?.updatedAt === updatedAt) return known.run;
    const entry = { updatedAt, run: known?.run };
    this.#known.set(id, entry);
    const { client, signal } = this.#context;
    void this.#turns(async () => {
      if (signal.aborted) return;
      entry.run = await client.runs.get(id, { signal });
      this.#changed();
    }).catch(() => {}); // the list tells what is wrong
    return entry.run;
  }
}
