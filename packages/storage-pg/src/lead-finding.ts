import type { CallOptions, FoundLead, LeadQualification, Page, PageRequest } from "@salesagent/ports";
import { type NormalLeadQuery, toNormalPage } from "@salesagent/ports/store-rules";
import { instantText, number, optional, type Row, text } from "./columns.js";
import { createLeadSearch, rangeOfRanks } from "./lead-search.js";
import { fromLeadRow, LEAD_FIELDS } from "./lead-statements.js";
import { bySeq, type PageOrder } from "./page-order.js";
import { createPageReader, toPage } from "./page-reader.js";
import { createStatementCache, plannedAnew, reading } from "./statement.js";
import type { StoreContext, TableNames } from "./store-context.js";

const FOUND_FIELDS = `${LEAD_FIELDS}, score, tier, ${instantText("qualified_at")} as qualified_at`;

/** Reads one page of the leads that a query asks for. */
export type LeadFinder = (
  context: StoreContext,
  query: NormalLeadQuery,
  page: PageRequest | undefined,
  call: CallOptions | undefined,
) => Promise<Page<FoundLead>>;

/** By rank, as the index of scores has it, and by the order of storing. */
const byRank: PageOrder = {
  columns: ["rank", "score_seq"],
  selected: "rank as page_order, score_seq as page_seq",
  toValues: ({ order, seq }) => [order, seq],
};

export function createLeadFinder(name: TableNames): LeadFinder {
  const [leads, scores] = [name("leads"), name("lead_scores")];
  const selected = `select l.*, s.lead_seq as score_seq, s.score, s.rank, s.tier, s.created_at as qualified_at`;
  // Row by row: a join of another kind may read all of the table that is joined.
  const shape = { store: "leads", columns: FOUND_FIELDS, fromRow: fromFoundRow, sortsMany: true };
  const stored = createPageReader({
    ...shape,
    table: `(${selected} from ${leads} l left join lateral (
      select * from ${scores} s where s.tenant = l.tenant and s.lead_seq = l.seq offset 0
    ) s on true)`,
    order: bySeq,
  });
  const scored = createPageReader({
    ...shape,
    table: `(${selected} from ${scores} s cross join lateral (
      select * from ${leads} l where l.tenant = s.tenant and l.seq = s.lead_seq offset 0
    ) l where s.rank is not null)`,
    order: byRank,
    descending: true,
  });
  const searched = createSearchReader(name);

  return (context, query, page, call) => {
    const { stage, source, order, words } = query;
    const ranks = rangeOfRanks(query);
    if (words !== undefined || (order === "stored" && ranks.length > 0)) {
      return searched(context, query, page, call);
    }
    return order === "score"
      ? scored(context, { stage, source }, page, call, ranks)
      : stored(context, { stage, source }, page, call);
  };
}

function createSearchReader(name: TableNames): LeadFinder {
  const search = createLeadSearch(name, FOUND_FIELDS);
  const statementOf = createStatementCache((text) => plannedAnew(reading(text)));

  return async ({ executor, tenant }, query, page, call) => {
    const asked = toNormalPage("leads", page);
    if (query.words?.length === 0) return { items: [] };
    const { text, values } = search(tenant, query, asked);
    const rows = await executor.run("leads", statementOf(text), values, call);
    return toPage(rows, asked.limit, fromFoundRow);
  };
}

function fromFoundRow(row: Row): FoundLead {
  return { ...fromLeadRow(row), ...optional("qualification", row, "qualified_at", toQualification) };
}

function toQualification(row: Row): LeadQualification {
  return {
    ...optional("score", row, "score", number),
    ...optional("tier", row, "tier", text),
    createdAt: text(row, "qualified_at"),
  };
}
