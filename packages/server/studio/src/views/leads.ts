import type { Lead, LeadWithResults, Page } from "@salesagent/client";
import { badge } from "../badge.js";
import { h, link } from "../element.js";
import { choice, labelled } from "../field.js";
import { inTurns } from "../in-turns.js";
import { leadMatches, leadName } from "../lead-words.js";
import { PagedView } from "../paged-list.js";
import { toHash } from "../place.js";
import { type Qualification, qualificationOf } from "../qualification.js";
import { type Column, Table } from "../table.js";
import { formatTime } from "../times.js";
import type { View, ViewContext } from "../view-context.js";

const PAGE = 25;
/** Of a search, which has to look at all of them. */
const SEARCH_PAGE = 500;
const STAGES = ["new", "qualified", "disqualified", "contacted", "won", "lost"] as const;

interface Row {
  readonly lead: Lead;
  /** Once it is known; `none` where nobody scored it. */
  readonly scored: Qualification | "none" | undefined;
}

/** Leads with their scores. */
export const leadsView: View = (context) => {
  const { client, place, signal, go } = context;
  const { q = "", stage = "", source = "" } = place.query;
  const table = new Table("Leads", columns);
  const scores = new Scores(context, () => show());
  const filter = {
    ...(stage !== "" && { stage: stage as Lead["stage"] }),
    ...(source !== "" && { source }),
  };
  const list = new PagedView<Lead>(context, {
    ...{ list: table.element, one: "lead", show: () => show() },
    read: (after) =>
      readMatching(client.leads.list({ ...filter, after, limit: q === "" ? PAGE : SEARCH_PAGE, signal }), q),
    empty:
      q + stage + source === ""
        ? "No lead yet. Import a file of them: POST /leads/import, or salesagent qualify leads.csv."
        : "No lead is like that. Look for less, or choose another stage.",
  });
  const show = () => {
    const rows = list.items.map((lead) => ({ lead, scored: scores.of(lead.id) }));
    table.show(
      rows.map((row) => ({
        key: row.lead.id,
        row,
        told: [row.lead, row.scored === "none" ? "" : row.scored?.score],
      })),
    );
  };
  const search = h("input", { type: "search", autocomplete: "off" });
  search.value = q;
  const from = h("input", { type: "text", autocomplete: "off" });
  from.value = source;
  const stages = choice([["", "All"], ...STAGES.map((each) => [each, each] as const)], stage, () => find());
  const find = () =>
    go(
      toHash("leads", undefined, { q: search.value.trim(), stage: stages.value, source: from.value.trim() }),
    );
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
      h("button", { type: "submit" }, "Search"),
    ),
    list.element,
  );
};

const columns: readonly Column<Row>[] = [
  { title: "Lead", cell: ({ lead }) => link(["leads", lead.id], leadName(lead)) },
  { title: "Stage", cell: ({ lead }) => badge(lead.stage) },
  {
    title: "Score",
    isFigure: true,
    cell: ({ scored }) => scoreText(scored, ({ score }) => String(score ?? "–")),
  },
  { title: "Tier", cell: ({ scored }) => scoreText(scored, ({ tier }) => tier || "–") },
  { title: "Source", cell: ({ lead }) => lead.source },
  {
    title: "Changed",
    cell: ({ lead }) => h("time", { datetime: lead.updatedAt }, formatTime(lead.updatedAt)),
  },
];

function scoreText(scored: Row["scored"], text: (scored: Qualification) => string): string {
  if (scored === undefined) return "…";
  return scored === "none" ? "–" : text(scored);
}

/** Pages of a list until there are enough that match, as one page. */
async function readMatching(
  pages: AsyncGenerator<Page<Lead>, void, void>,
  wanted: string,
): Promise<Page<Lead>> {
  const found: Lead[] = [];
  let next: string | undefined;
  for await (const page of pages) {
    found.push(...page.items.filter((lead) => leadMatches(lead, wanted)));
    next = page.next;
    if (wanted === "" || found.length >= PAGE) break;
  }
  return { items: found, ...(next !== undefined && { next }) };
}

/** Scores, which the list does not tell: each is asked for once. */
class Scores {
  readonly #turns = inTurns(4);
  readonly #known = new Map<string, Row["scored"]>();
  readonly #context: ViewContext;
  readonly #changed: () => void;

  constructor(context: ViewContext, changed: () => void) {
    this.#context = context;
    this.#changed = changed;
  }

  of(id: string): Row["scored"] {
    if (this.#known.has(id)) return this.#known.get(id);
    this.#known.set(id, undefined);
    const { client, signal } = this.#context;
    void this.#turns(async () => {
      if (signal.aborted) return;
      const lead: LeadWithResults = await client.leads.get(id, { signal });
      this.#known.set(id, qualificationOf(lead) ?? "none");
      this.#changed();
    }).catch(() => {}); // shown as not known
    return undefined;
  }
}
