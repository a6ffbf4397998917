import type { IssueFact } from "@salesagent/ports";
import { prepareWord } from "../scoring/keywords-rule.js";
import { countryVocabulary, resolveCountries } from "./countries.js";
import { factsOfField } from "./field-path.js";
import type {
  Criterion,
  IdealCustomerProfile,
  KeywordsCriterion,
  MatchRule,
  OneOfCriterion,
} from "./ideal-customer-profile.js";
import { didYouMean } from "./nearest-name.js";
import { DEFAULT_PRIOR, resolveTiers } from "./resolve-tiers.js";

function roleIssues(criterion: Criterion, path: string): IssueFact[] {
  const roles = (["required", "negative", "exclude"] as const).filter((role) => criterion[role] === true);
  const issues: IssueFact[] = [];
  if (roles.length > 1) {
    issues.push({ path: `${path}.${roles[1]}`, message: `can't stand beside "${roles[0]}": keep one` });
  }
  if (criterion.exclude === true && criterion.weight !== undefined) {
    issues.push({ path: `${path}.weight`, message: `has no effect beside "exclude": leave it out` });
  }
  return issues;
}

function valueIssue(criterion: OneOfCriterion, value: string): string | undefined {
  const facts = factsOfField(criterion.field);
  if (facts.kind === "country" && resolveCountries(value) === undefined) {
    return `"${value}" is no country or group of countries${didYouMean(value, countryVocabulary())}`;
  }
  if (facts.choices !== undefined && !facts.choices.includes(value.trim().toLowerCase())) {
    return `"${value}" is not one of ${facts.choices.join(", ")}${didYouMean(value, facts.choices)}`;
  }
  return undefined;
}

function oneOfIssues(criterion: OneOfCriterion, path: string): IssueFact[] {
  return (["values", "partly"] as const).flatMap((list) =>
    (criterion[list] ?? []).flatMap((value, index) => {
      const message = valueIssue(criterion, value);
      return message === undefined ? [] : [{ path: `${path}.${list}[${index}]`, message }];
    }),
  );
}

const wordIssues = ({ words }: KeywordsCriterion, path: string): IssueFact[] =>
  words.flatMap((word, index) =>
    prepareWord(word).text === ""
      ? [
          {
            path: `${path}.words[${index}]`,
            message: `"${word}" would match everything: put letters before the *`,
          },
        ]
      : [],
  );

function matchIssues(listed: readonly string[], match: MatchRule | undefined, path: string): IssueFact[] {
  if (typeof match !== "number" || match <= listed.length) return [];
  return [{ path: `${path}.match`, message: `asks for ${match} of ${listed.length}: it can't be met` }];
}

function kindIssues(criterion: Criterion, path: string): IssueFact[] {
  switch (criterion.kind) {
    case "range": {
      const { min, max } = criterion;
      if (min === undefined && max === undefined) return [{ path, message: `needs "min", "max" or both` }];
      if (min !== undefined && max !== undefined && min > max) {
        return [{ path: `${path}.min`, message: `must not be above "max": ${min} > ${max}` }];
      }
      return [];
    }
    case "one-of":
      return oneOfIssues(criterion, path);
    case "keywords":
      return [...wordIssues(criterion, path), ...matchIssues(criterion.words, criterion.match, path)];
    case "technology":
      return matchIssues(criterion.uses, criterion.match, path);
    case "present":
      return [];
  }
}

function tierIssues(profile: IdealCustomerProfile): IssueFact[] {
  const { bands } = resolveTiers(profile);
  const issues: IssueFact[] = [];
  const names = new Set<string>();
  bands.forEach((band, index) => {
    const above = bands[index - 1];
    if (above !== undefined && band.min >= above.min) {
      issues.push({
        path: `tiers[${index}].min`,
        message: `must be below ${above.min}, the tier before it: best first`,
      });
    }
    if (names.has(band.name)) {
      issues.push({ path: `tiers[${index}].name`, message: `"${band.name}" is there twice` });
    }
    names.add(band.name);
  });
  if (bands.at(-1)?.min !== 0) {
    issues.push({
      path: `tiers[${bands.length - 1}].min`,
      message: "must be 0, so that every score has a tier",
    });
  }
  return issues;
}

/** What `qualifyFrom` and `prior` get wrong about the tiers. */
function thresholdIssues({ qualifyFrom, prior, tiers }: IdealCustomerProfile): IssueFact[] {
  const { bands } = resolveTiers({ tiers });
  const names = bands.map(({ name }) => name);
  const issues: IssueFact[] = [];
  if (qualifyFrom !== undefined && !names.includes(qualifyFrom)) {
    const message = `there is no tier "${qualifyFrom}"${didYouMean(qualifyFrom, names)}`;
    issues.push({ path: "qualifyFrom", message });
  }
  const start = (prior ?? DEFAULT_PRIOR) * 100;
  const top = bands[0]?.min ?? 0;
  if (start >= top) {
    issues.push({
      path: prior === undefined ? "tiers[0].min" : "prior",
      message: `would put a lead of which nothing is known in the top tier: it starts with ${start} points, the tier at ${top}`,
    });
  }
  return issues;
}

/** What the parts of a well-formed profile get wrong about each other. Empty when it is sound. */
export function checkProfile(profile: IdealCustomerProfile): IssueFact[] {
  const issues: IssueFact[] = [];
  const names = new Map<string, number>();
  profile.criteria.forEach((criterion, index) => {
    const path = `criteria[${index}]`;
    const before = names.get(criterion.name);
    if (before !== undefined) {
      issues.push({ path: `${path}.name`, message: `"${criterion.name}" is criteria[${before}] already` });
    }
    names.set(criterion.name, before ?? index);
    issues.push(...roleIssues(criterion, path), ...kindIssues(criterion, path));
  });
  if (!profile.criteria.some(({ negative, exclude }) => negative !== true && exclude !== true)) {
    issues.push({
      path: "criteria",
      message: "none of them gives points: add one without negative or exclude",
    });
  }
  return [...issues, ...tierIssues(profile), ...thresholdIssues(profile)];
}
