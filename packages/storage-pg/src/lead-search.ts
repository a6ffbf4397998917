import type { NormalLeadQuery, NormalPage } from "@salesagent/ports/store-rules";
import { type SqlCondition, toWhere } from "./page-reader.js";
import type { TableNames } from "./store-context.js";

/** SQL and the values of its parameters. */
interface LeadSearch {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** What the numbers of leads are selected by. */
interface Asked {
  readonly leads: string;
  readonly scores: string;
  readonly words: string;
  readonly query: NormalLeadQuery;
  readonly after: NormalPage["after"];
  /** `limit` of the page and one more. */
  readonly enough: string;
  /** What a lead's own row has to meet, the tenant in it. */
  readonly isWanted: string;
  /** Gives a value its parameter; `$1` is the tenant's. */
  readonly parameter: (value: unknown) => string;
}

/** SQL for the numbers of leads with their scores. */
interface Numbered {
  /** Sets of which a lead has to be in each. */
  readonly sets: readonly string[];
  /** Selects from `found`, which has the numbers of leads in all the sets. */
  readonly text: string;
  /** Of columns of `n`, which is what {@link Numbered.text} selects. */
  readonly sorting: string;
  /** The first part of a cursor. */
  readonly order: string;
}

/** So many numbers are looked up one by one; to test each of more, all that has to be known is read at once. */
const FEW = 1000;
/** Behind every word that begins with what stands before it. */
const LAST_CHARACTER = "\u{10ffff}";
const SCORE = "rank, score, tier, created_at as qualified_at";

/**
 * Makes the SQL that selects the leads of a page, and one more, with their places in the list and their scores. It leaves little to the
 * planner, who may know nothing of the tables: each set of numbers is read once; numbers are sorted with no more than their scores; and
 * leads are looked up last, one by one, until the page is full.
 *
 * @param columns - To select of a lead and its score.
 */
export function createLeadSearch(name: TableNames, columns: string) {
  const tables = { leads: name("leads"), scores: name("lead_scores"), words: name("lead_words") };

  return (tenant: string, query: NormalLeadQuery, { after, limit }: NormalPage): LeadSearch => {
    const { stage, source } = query;
    const values: unknown[] = [];
    const isWanted = toWhere("leads", tenant, { stage, source }, values);
    const parameter = (value: unknown) => `$${values.push(value)}`;
    const enough = `limit ${parameter(limit + 1)}`;
    const asked = { ...tables, query, after, enough, isWanted, parameter };
    const { sets, text, sorting, order } = query.order === "score" ? byRank(asked) : bySeq(asked);
    return {
      text: `with found as materialized (select array(${sets.join(" intersect ")}) as seqs)
        select ${columns}, ${order} as page_order, lead_seq as page_seq from (
          select l.*, n.* from (${text}) n
          cross join lateral (select * from ${tables.leads} where ${isWanted} and seq = n.lead_seq offset 0) l
          order by ${sorting} ${enough}
        ) n order by ${sorting}`,
      values,
    };
  };
}

function bySeq(asked: Asked): Numbered {
  const { scores, query, after, parameter } = asked;
  const later = after === undefined ? [] : [`lead_seq > ${parameter(after.seq)}`];
  const ranks = rangeOfRanks(query).map((range) => range(parameter));
  const ranked = `select lead_seq from ${scores} where ${allOf("tenant = $1", "rank is not null", ...later, ...ranks)}`;
  const scored = `(select ${SCORE} from ${scores} where ${allOf("tenant = $1", "lead_seq = f.seq", ...ranks)} offset 0) s`;
  const words = setsOfWords(asked, later);
  // Read only where more than a few leads have the words.
  const others = [...setsOfWanted(asked), ...(words !== undefined && ranks.length > 0 ? [ranked] : [])];
  const isInOthers = allOf(`cardinality(seqs) > ${FEW}`, ...others.map((set) => isIn("seq", set)));
  return {
    sets: words ?? [ranked],
    text: `select f.seq as lead_seq, s.* from (
        select distinct seq from found cross join lateral unnest(seqs) as seq
        where cardinality(seqs) <= ${FEW} or (${isInOthers}) order by seq
      ) f ${ranks.length > 0 ? `cross join lateral ${scored}` : `left join lateral ${scored} on true`}`,
    sorting: "n.lead_seq",
    order: "0",
  };
}

function byRank(asked: Asked): Numbered {
  const { scores, query, after, enough, parameter } = asked;
  const later =
    after === undefined ? [] : [`(rank, lead_seq) < (${parameter(after.order)}, ${parameter(after.seq)})`];
  const ranks = rangeOfRanks(query).map((range) => range(parameter));
  const scored = (...conditions: readonly string[]) =>
    `select lead_seq, ${SCORE} from ${scores} where ${allOf("tenant = $1", "rank is not null", ...later, ...ranks, ...conditions)}`;
  const sorting = (of = "") => `${of}rank desc, ${of}lead_seq desc`;
  const isFound = "(lead_seq in (select unnest(seqs) from found)) is true";
  const isWanted = setsOfWanted(asked).map((set) => isIn("lead_seq", set));
  return {
    sets: setsOfWords(asked, []) ?? [],
    text: `select * from (
        select s.* from found cross join lateral (select distinct seq from unnest(seqs) as seq) f
        cross join lateral (${scored("lead_seq = f.seq")} offset 0) s where cardinality(seqs) <= ${FEW}
        union all
        (${scored(`(select cardinality(seqs) > ${FEW} from found)`, isFound, ...isWanted)} order by ${sorting()} ${enough})
      ) s order by ${sorting()}`,
    sorting: sorting("n."),
    order: "rank",
  };
}

/**
 * For each word that is looked for, the leads that have one which begins with it; undefined where none is looked for. A word that
 * another of them begins with is left out, since that one's leads have it.
 */
function setsOfWords({ words: table, query: { words }, parameter }: Asked, later: readonly string[]) {
  const longest = words?.filter((word) => !words.some((other) => other !== word && other.startsWith(word)));
  return longest?.map((word) => {
    const [from, before] = [parameter(word), parameter(word + LAST_CHARACTER)];
    return `select lead_seq from ${table} where ${allOf("tenant = $1", `word >= ${from}`, `word < ${before}`, ...later)}`;
  });
}

function setsOfWanted({ leads, query: { stage, source }, isWanted }: Asked): readonly string[] {
  return stage === undefined && source === undefined ? [] : [`select seq from ${leads} where ${isWanted}`];
}

/** By a hash of the set: the planner knows nothing of the length of a list, and makes no join of what `is true` holds. */
function isIn(column: string, set: string): string {
  return `(${column} in (select unnest(array(${set})))) is true`;
}

/** Conditions on what `lead_scores` has. */
export function rangeOfRanks({ minRank, maxRank }: NormalLeadQuery): readonly SqlCondition[] {
  const compare = (sign: string, rank: number | undefined): readonly SqlCondition[] =>
    rank === undefined ? [] : [(parameter) => `rank ${sign} ${parameter(rank)}`];
  return [...compare(">=", minRank), ...compare("<=", maxRank)];
}

function allOf(...conditions: readonly string[]): string {
  return conditions.join(" and ");
}
