import type { PageSigns } from "./page-signs.js";
import type { TechnologyCategory, TechnologyRule } from "./technology-rule.js";

/** A technology that a page shows, and by what. */
export interface FoundTechnology {
  readonly name: string;
  readonly category: TechnologyCategory;
  /** Such as `script https://js.hs-scripts.com/123.js`, `cookie hubspotutk`. At most three. */
  readonly evidence: readonly string[];
}

const MAX_EVIDENCE = 3;
const MAX_EVIDENCE_CHARS = 160;

/** The technologies that a page shows, in the order of the rules. */
export function findTechnologies(signs: PageSigns, rules: readonly TechnologyRule[]): FoundTechnology[] {
  return rules.flatMap((rule) => {
    const evidence = [...evidenceOf(rule, signs)].slice(0, MAX_EVIDENCE);
    if (evidence.length === 0) return [];
    const told = evidence.map((sign) => sign.replace(/\s+/g, " ").slice(0, MAX_EVIDENCE_CHARS));
    return [{ name: rule.name, category: rule.category, evidence: told }];
  });
}

function* evidenceOf(rule: TechnologyRule, signs: PageSigns): Generator<string> {
  const { headers = [], cookies = [], sources = [], generator, html = [] } = rule;
  for (const [name, pattern] of headers) {
    const value = signs.headers.get(name);
    if (value !== null && pattern.test(value)) yield `header ${name}: ${value}`;
  }
  for (const name of signs.cookies) if (cookies.some((pattern) => pattern.test(name))) yield `cookie ${name}`;
  for (const found of signs.generators) if (generator?.test(found)) yield `generator ${found}`;
  for (const url of signs.sources) {
    if (sources.some((source) => isFrom(url, source))) yield `source ${url.origin}${url.pathname}`;
  }
  for (const words of html) if (signs.html.includes(words)) yield `HTML ${words}`;
}

/** Whether an address is below a host and path such as `cdn.segment.com/`, or holds a path such as `/wp-content/`. */
function isFrom({ hostname, pathname }: URL, source: string): boolean {
  if (source.startsWith("/")) return pathname.includes(source);
  const slash = source.indexOf("/");
  if (slash === -1) return pathname.endsWith(`/${source}`);
  const host = source.slice(0, slash);
  return (hostname === host || hostname.endsWith(`.${host}`)) && pathname.startsWith(source.slice(slash));
}
