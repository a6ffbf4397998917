import type { FoundLead, Lead, LeadQualification, Page } from "@salesagent/ports";
import { hasWords, type NormalLeadQuery, type NormalPage, toScoreRank } from "@salesagent/ports/store-rules";
import type { TenantRows } from "./tenant-tables.js";

type LeadRows = Pick<TenantRows, "leads" | "results">;

/** One page of the leads that a query asks for, each with its newest qualification. */
export function findLeads(
  { leads, results }: LeadRows,
  query: NormalLeadQuery,
  page: NormalPage,
): Page<FoundLead> {
  const { stage, source, words, minRank, maxRank, order } = query;
  const isRanked = minRank !== undefined || maxRank !== undefined;
  const rankOf = ({ id }: Lead): number | undefined => {
    const score = newestOf(results, id)?.score;
    return score === undefined ? undefined : toScoreRank(score);
  };
  const isWithin = (rank: number | undefined) =>
    rank !== undefined && rank >= (minRank ?? rank) && rank <= (maxRank ?? rank);
  const { items, ...next } = leads.page({
    page,
    where: (lead) =>
      (stage === undefined || lead.stage === stage) &&
      (source === undefined || lead.source === source) &&
      (words === undefined || hasWords(lead, words)) &&
      (!isRanked || isWithin(rankOf(lead))),
    ...(order === "score" && { descending: true, orderOf: rankOf }),
  });
  return { items: items.map((lead) => withNewest(lead, newestOf(results, lead.id))), ...next };
}

function withNewest(lead: Lead, qualification: LeadQualification | undefined): FoundLead {
  return Object.freeze({ ...lead, ...(qualification && { qualification }) });
}

function newestOf(results: LeadRows["results"], leadId: string): LeadQualification | undefined {
  const newest = { page: { after: undefined, limit: 1 }, descending: true };
  const where = ({ kind }: { readonly kind: string }) => kind === "qualification";
  const [result] = results.page({ ...newest, where }, leadId).items;
  if (result === undefined) return undefined;
  const { score, tier, createdAt } = result;
  return Object.freeze({
    ...(score !== undefined && { score }),
    ...(tier !== undefined && { tier }),
    createdAt,
  });
}
