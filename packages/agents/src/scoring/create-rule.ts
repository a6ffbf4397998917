import type { Criterion } from "../profile/ideal-customer-profile.js";
import { createKeywordsRule } from "./keywords-rule.js";
import { createOneOfRule } from "./one-of-rule.js";
import { createPresentRule } from "./present-rule.js";
import { createRangeRule } from "./range-rule.js";
import type { ReaderOf, Rule } from "./rule.js";
import { createTechnologyRule } from "./technology-rule.js";

/** Makes a criterion of any kind ready. */
export function createRule(criterion: Criterion, readerOf: ReaderOf): Rule {
  switch (criterion.kind) {
    case "range":
      return createRangeRule(criterion, readerOf);
    case "one-of":
      return createOneOfRule(criterion, readerOf);
    case "keywords":
      return createKeywordsRule(criterion, readerOf);
    case "present":
      return createPresentRule(criterion, readerOf);
    case "technology":
      return createTechnologyRule(criterion, readerOf);
  }
}
