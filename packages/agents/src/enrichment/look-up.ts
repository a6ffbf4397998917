import type { NodeContext } from "@salesagent/core/graph";
import { type AnyTool, runTool, type ToolOutcome } from "@salesagent/core/tools";
import type { Clock, Company, JsonObject } from "@salesagent/ports";
import type { Profile } from "../ports/profile-reader.js";
import type { EnrichOutput } from "../tools/crm/enrich-with-apollo.js";
import type { ScrapeLinkedinOutput } from "../tools/crm/scrape-linkedin.js";
import type { TechStackOutput } from "../tools/tech-stack/analyze-tech-stack.js";
import type { CompanyHintsGiven, PersonHintsGiven, SourceReading } from "./enrichment-schemas.js";

/** The tools that are asked, by name. */
export const SOURCES = ["enrich_with_apollo", "scrape_linkedin", "analyze_tech_stack"] as const;
export type SourceName = (typeof SOURCES)[number];

/** What a lookup needs of the agent. */
export interface LookUpMeans {
  readonly tools: ReadonlyMap<string, AnyTool>;
  readonly clock: Clock;
}

interface Hints {
  readonly company: CompanyHintsGiven;
  readonly person: PersonHintsGiven;
}

/** What the data vendor knows. */
export async function askVendor(means: LookUpMeans, hints: Hints, context: NodeContext) {
  const { domain, name } = hints.company;
  const person = { domain, ...hints.person };
  const company = (domain ?? name) ? { company: { domain, name } } : {};
  const isKnown = person.email ?? person.linkedinUrl ?? (person.fullName && person.domain);
  const input = { ...company, ...(isKnown ? { person } : {}) };
  if (Object.keys(input).length === 0) return skipped("enrich_with_apollo");
  return read<EnrichOutput>(means, "enrich_with_apollo", input, context, ({ company: found, contact }) => ({
    ...(found && { company: found }),
    ...(contact && { contact }),
  }));
}

/** What the LinkedIn pages of the person and of the company say. */
export async function readProfiles(means: LookUpMeans, { company, person }: Hints, context: NodeContext) {
  const urls = [person.linkedinUrl, company.linkedinUrl].filter((url) => url !== undefined);
  if (urls.length === 0) return skipped("scrape_linkedin");
  const readings = await Promise.all(
    urls.map((url) =>
      read<ScrapeLinkedinOutput>(means, "scrape_linkedin", { url }, context, ({ profile }) =>
        ofProfile(profile),
      ),
    ),
  );
  return readings.flat();
}

/** What the company's site shows. */
export async function readSite(means: LookUpMeans, { company, person }: Hints, context: NodeContext) {
  const site = company.domain ?? person.domain;
  if (site === undefined) return skipped("analyze_tech_stack");
  return read<TechStackOutput>(means, "analyze_tech_stack", { site }, context, (page) => {
    if (page.status >= 400 || page.technologies.length === 0) return {};
    const technologies = page.technologies.map(({ name }) => name);
    const provenance = {
      technologies: { source: `site:${site}`, at: new Date(means.clock.now()).toISOString() },
    };
    return { company: { technologies, provenance } satisfies Company };
  });
}

const skipped = (source: SourceName): readonly SourceReading[] => [{ source, status: "skipped" }];

function ofProfile(profile: Profile | undefined): Omit<SourceReading, "source" | "status"> {
  if (!profile) return {};
  return profile.kind === "person" ? { contact: profile.contact } : { company: profile.company };
}

async function read<Output>(
  { tools, clock }: LookUpMeans,
  source: SourceName,
  input: object,
  context: NodeContext,
  toRecords: (output: Output) => Omit<SourceReading, "source" | "status">,
): Promise<readonly SourceReading[]> {
  if (!tools.has(source)) return skipped(source);
  const { tenant, runId, signal, taskKey } = context;
  if (tenant === undefined) throw new TypeError("enrichment needs a tenant: graph.invoke(input, { tenant })");
  const given = JSON.parse(JSON.stringify(input)) as JsonObject;
  const step = `${source} ${JSON.stringify(given)}`.slice(0, 200);
  // What was read is kept with its time: a node that goes on must not date it anew.
  const reading = await context.step(step, async (): Promise<SourceReading> => {
    const call = { type: "tool-call", callId: `${taskKey}/${source}`, name: source, input: given } as const;
    return toReading(source, await runTool(tools, call, { tenant, runId, signal, clock }), toRecords);
  });
  return [reading];
}

function toReading<Output>(
  source: SourceName,
  { output, failed, errorCode }: ToolOutcome,
  toRecords: (output: Output) => Omit<SourceReading, "source" | "status">,
): SourceReading {
  if (failed) return { source, status: "failed", ...(errorCode && { errorCode }) };
  const records = toRecords(output as Output);
  return { source, status: Object.keys(records).length > 0 ? "found" : "unknown", ...records };
}
