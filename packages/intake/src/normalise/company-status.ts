import type { CompanyFields } from "@salesagent/ports";
import { foldText } from "./fold-text.js";

/** What became of a company. */
export type CompanyStatus = NonNullable<CompanyFields["status"]>;

const WORDS: Readonly<Record<CompanyStatus, string>> = {
  active:
    "active|operating|operational|open|live|private|running|trading|in business|aktiv|actif|activo|ativo",
  inactive:
    "inactive|closed|dead|defunct|dissolved|bankrupt|liquidated|shut down|out of business|deadpooled|ceased|inaktiv",
  acquired: "acquired|merged|was acquired|acquired merged|m a|bought",
  public: "public|ipo|listed|publicly traded|publicly listed|went public",
};

const STATUSES: ReadonlyMap<string, CompanyStatus> = new Map(
  Object.entries(WORDS).flatMap(([status, words]) =>
    words.split("|").map((word) => [word, status as CompanyStatus] as const),
  ),
);

/** What became of a company, in four words; undefined when unreadable. */
export function normaliseCompanyStatus(text: string): CompanyStatus | undefined {
  return STATUSES.get(foldText(text));
}
