import type { TechnologyCriterion } from "../profile/ideal-customer-profile.js";
import { foldText } from "./fold-text.js";
import { listOr, neededOf, type ReaderOf, type Rule, unknownFinding } from "./rule.js";

const SEPARATORS = new Set([" ", ".", "-", "_", "/"]);

/** The name of a product without what people write differently: `Node.js`, `node js` and `NodeJS` are one. */
function technologyKey(name: string): string {
  let key = "";
  for (const letter of foldText(name)) if (!SEPARATORS.has(letter)) key += letter;
  return key;
}

/** Makes a `technology` criterion ready. */
export function createTechnologyRule(criterion: TechnologyCriterion, readerOf: ReaderOf): Rule {
  const field = readerOf("company.technologies");
  const wanted = new Map(criterion.uses.map((name) => [technologyKey(name), name.trim()]));
  const needed = Math.min(neededOf(criterion.match, criterion.uses.length), wanted.size);
  const unknown = unknownFinding(field);
  const missed = `technologies show no ${listOr(criterion.uses)}`;
  return (lead) => {
    const technologies = field.read(lead);
    if (!Array.isArray(technologies)) return unknown;
    const found: string[] = [];
    for (const technology of technologies) {
      const name = typeof technology === "string" ? wanted.get(technologyKey(technology)) : undefined;
      if (name !== undefined && !found.includes(name)) found.push(name);
    }
    const share = Math.min(1, found.length / needed);
    const short = share < 1 ? ` only, of ${needed} wanted` : "";
    const evidence = found.length === 0 ? missed : `uses ${found.join(", ")}${short}`;
    return { knowledge: "known", share, evidence, field };
  };
}
