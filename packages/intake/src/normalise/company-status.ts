import type { CompanyFields } from "@salesagent/ports";
import { foldText } from "./fold-text.js";

type CompanyStatus = NonNullable<CompanyFields["status"]>;

const STATUSES: ReadonlyMap<string, CompanyStatus> = new Map(
  Object.entries({
    active: "active operating open live private running in business trading aktiv actif activo ativo",
    inactive:
      "inactive closed dead defunct dissolved bankrupt liquidated shut|shut down|out of business|deadpooled|inaktiv|ceased",
    acquired: "acquired merged|was acquired|acquired merged|m a|bought",
    public: "public ipo listed|publicly traded|publicly listed|went public",
  }).flatMap(([status, words]) =>
    words
      .split("|")
      .flatMap((part, index) => (index === 0 ? part.split(" ") : [part]))
      .map((word) => [word, status as CompanyStatus] as const),
  ),
);

/** What became of a company, in four words; undefined when unreadable. */
export function normaliseCompanyStatus(text: string): CompanyStatus | undefined {
  return STATUSES.get(foldText(text));
}
