import type { CallOptions, FoundLead, LeadQualification, Page, PageRequest } from "@salesagent/ports";
import type { NormalLeadQuery } from "@salesagent/ports/store-rules";
import { instantText, number, optional, type Row, text } from "./columns.js";
import { fromLeadRow, LEAD_FIELDS } from "./lead-statements.js";
import { bySeq, type PageOrder } from "./page-order.js";
import { createPageReader, type SqlCondition } from "./page-reader.js";
import type { StoreContext, TableNames } from "./store-context.js";

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

/** Behind every word that begins with what stands before it. */
const LAST_CHARACTER = "\u{10ffff}";

export function createLeadFinder(name: TableNames): LeadFinder {
  const [leads, scores, words] = [name("leads"), name("lead_scores"), name("lead_words")];
  const selected = `select l.*, s.lead_seq as score_seq, s.score, s.rank, s.tier, s.created_at as qualified_at`;
  const shape = {
    ...{ store: "leads", fromRow: fromFoundRow, sortsMany: true },
    columns: `${LEAD_FIELDS}, score, tier, ${instantText("qualified_at")} as qualified_at`,
  };
  const stored = createPageReader({
    ...shape,
    table: `(${selected} from ${leads} l left join ${scores} s on s.tenant = l.tenant and s.lead_seq = l.seq)`,
    order: bySeq,
  });
  const scored = createPageReader({
    ...shape,
    // Lead by lead, so that the planner expects one for each score, and walks the scores in their order.
    table: `(${selected} from ${scores} s cross join lateral (
      select * from ${leads} l where l.tenant = s.tenant and l.seq = s.lead_seq offset 0
    ) l where s.rank is not null)`,
    order: byRank,
    descending: true,
  });

  return (context, query, page, call) => {
    const { stage, source, order } = query;
    const found = setsOfWords(words, query);
    const ranks = rangeOfRanks(query);
    if (order === "score") {
      return scored(context, { stage, source }, page, call, [
        ...(found ? [isIn("score_seq", found)] : []),
        ...ranks,
      ]);
    }
    const inRange: SqlCondition = (parameter) => {
      const terms = ranks.map((range) => range(parameter));
      return `select lead_seq from ${scores} where ${["tenant = $1", "rank is not null", ...terms].join(" and ")}`;
    };
    const sets = [...(found ?? []), ...(ranks.length > 0 ? [inRange] : [])];
    return stored(context, { stage, source }, page, call, sets.length > 0 ? [isIn("seq", sets)] : []);
  };
}

/**
 * Of the leads that are in all of these sets. As a list of numbers and not as a join: whatever the planner believes of the tables, each
 * set is read once, by its index.
 */
function isIn(column: string, sets: readonly SqlCondition[]): SqlCondition {
  return (parameter) => `${column} = any(array(${sets.map((set) => set(parameter)).join(" intersect ")}))`;
}

/** For each word that is looked for, the leads that have one which begins with it. */
function setsOfWords(table: string, { words }: NormalLeadQuery): readonly SqlCondition[] | undefined {
  if (words?.length === 0) return [() => "select null::bigint"];
  return words?.map((word) => (parameter) => {
    const [from, before] = [word, word + LAST_CHARACTER].map(parameter);
    return `select lead_seq from ${table} where tenant = $1 and word >= ${from} and word < ${before}`;
  });
}

function rangeOfRanks({ minRank, maxRank }: NormalLeadQuery): readonly SqlCondition[] {
  const compare = (sign: string, rank: number | undefined): readonly SqlCondition[] =>
    rank === undefined ? [] : [(parameter) => `rank ${sign} ${parameter(rank)}`];
  return [...compare(">=", minRank), ...compare("<=", maxRank)];
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
