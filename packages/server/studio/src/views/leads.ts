import type { FoundLead, Lead } from "@salesagent/client";
import { badge } from "../badge.js";
import { h, link } from "../element.js";
import { choice, labelled } from "../field.js";
import { firstPage } from "../first-page.js";
import { leadName } from "../lead-words.js";
import { PagedView } from "../paged-list.js";
import { toHash } from "../place.js";
import { type Column, Table } from "../table.js";
import { formatTime } from "../times.js";
import type { View } from "../view-context.js";

const PAGE = 25;
const STAGES = ["new", "qualified", "disqualified", "contacted", "won", "lost"] as const;

const ORDERS = [
  ["", "As stored"],
  ["score", "Score"],
] as const;

/** Leads with their scores. */
export const leadsView: View = (context) => {
  const { client, place, signal, go } = context;
  const { q = "", stage = "", source = "", order = "" } = place.query;
  const table = new Table("Leads", columns);
  const filter = {
    ...(stage !== "" && { stage: stage as Lead["stage"] }),
    ...(source !== "" && { source }),
    ...(q !== "" && { search: q }),
    ...(order === "score" && { order: "score" as const }),
  };
  const list = new PagedView<FoundLead>(context, {
    ...{ list: table.element, one: "lead", show: () => show() },
    read: (after) => firstPage(client.leads.list({ ...filter, after, limit: PAGE, signal })),
    empty:
      q + stage + source + order === ""
        ? "No lead yet. Import a file of them: POST /leads/import, or salesagent qualify leads.csv."
        : "No lead is like that. Look for less, or choose another stage or order.",
  });
  const show = () => table.show(list.items.map((lead) => ({ key: lead.id, row: lead, told: lead })));
  const search = h("input", { type: "search", autocomplete: "off", maxlength: 200 });
  search.value = q;
  const from = h("input", { type: "text", autocomplete: "off" });
  from.value = source;
  const stages = choice([["", "All"], ...STAGES.map((each) => [each, each] as const)], stage, () => find());
  const orders = choice(ORDERS, order, () => find());
  const find = () => {
    const asked = { q: search.value.trim(), source: from.value.trim() };
    go(toHash("leads", undefined, { ...asked, stage: stages.value, order: orders.value }));
  };
  const submit = (event: Event) => {
    event.preventDefault();
    find();
  };
  void list.restart();
  return h(
    "div",
    {},
    h(
      "form",
      { class: "filters", role: "search", on: { submit } },
      labelled("Search", search),
      labelled("Stage", stages),
      labelled("Source", from),
      labelled("Order", orders),
      h("button", { type: "submit" }, "Search"),
    ),
    list.element,
  );
};

const columns: readonly Column<FoundLead>[] = [
  { title: "Lead", cell: (lead) => link(["leads", lead.id], leadName(lead)) },
  { title: "Stage", cell: ({ stage }) => badge(stage) },
  { title: "Score", isFigure: true, cell: ({ qualification }) => String(qualification?.score ?? "–") },
  { title: "Tier", cell: ({ qualification }) => qualification?.tier || "–" },
  { title: "Source", cell: ({ source }) => source },
  {
    title: "Changed",
    cell: ({ updatedAt }) => h("time", { datetime: updatedAt }, formatTime(updatedAt)),
  },
];
