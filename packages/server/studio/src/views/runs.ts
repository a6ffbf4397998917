import type { RunStatus, RunSummary } from "@salesagent/client";
import { badge } from "../badge.js";
import { h, link } from "../element.js";
import { everyWhileSeen } from "../every-while-seen.js";
import { choice, labelled } from "../field.js";
import { formatDuration, formatUsd } from "../figures.js";
import { firstPage } from "../first-page.js";
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

/** Runs as they come and go, latest first. */
export const runsView: View = (context) => {
  const { client, place, signal } = context;
  const { status = "" } = place.query;
  const table = new Table("Runs, latest first", columns(context));
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
  const show = () =>
    table.show(
      list.items.map((run) => ({
        key: run.id,
        row: run,
        told: [run.status, run.costUsd, run.leadId, began(run), took(run)],
      })),
    );
  const chosen = choice([["", "All"], ...STATUSES.map((each) => [each, each] as const)], status, (value) =>
    context.go(toHash("runs", undefined, { status: value })),
  );
  void list.restart();
  everyWhileSeen(POLL_MS, signal, () => list.refresh(({ id }) => id));
  return h("div", {}, h("div", { class: "filters" }, labelled("Status", chosen)), list.element);
};

function columns(context: ViewContext): readonly Column<RunSummary>[] {
  return [
    { title: "Status", cell: ({ status }) => badge(status) },
    { title: "Agent", cell: ({ id, name }) => link(["runs", id], name) },
    {
      title: "Lead",
      cell: ({ leadId }) =>
        leadId === undefined ? h("span", { class: "quiet" }, "–") : leadLink(context, leadId),
    },
    { title: "Cost", isFigure: true, cell: ({ costUsd }) => formatUsd(costUsd) },
    {
      title: "Began",
      cell: (run) => h("time", { datetime: run.createdAt, title: formatTime(run.createdAt) }, began(run)),
    },
    { title: "Took", isFigure: true, cell: took },
  ];
}

const began = ({ createdAt }: RunSummary): string => formatDistance(createdAt, Date.now());

const took = ({ status, createdAt, updatedAt }: RunSummary): string =>
  formatDuration(durationMs(createdAt, isActive(status) ? Date.now() : updatedAt));
