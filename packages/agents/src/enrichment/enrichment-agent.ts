import { agentNode, defineAgent } from "@salesagent/core/agent";
import { type CompiledGraph, END, field, START, StateGraph } from "@salesagent/core/graph";
import { type LanguageModel, systemClock } from "@salesagent/ports";
import { compileOptions, type FlowOptions, stepOptions, type UpdateOfState } from "../flow/flow-options.js";
import { degradationFor } from "../qualification/degradation.js";
import type { Degradation } from "../qualification/qualification-result.js";
import { ENRICHMENT_INSTRUCTIONS, enrichmentPrompt } from "./enrichment-prompt.js";
import {
  type CompanyHintsGiven,
  companyHintsSchema,
  type Disagreement,
  type EnrichedRecords,
  type PersonHintsGiven,
  personHintsSchema,
  type Settlement,
  type SourceReading,
  settlementSchema,
} from "./enrichment-schemas.js";
import { askVendor, type LookUpMeans, readProfiles, readSite, SOURCES } from "./look-up.js";
import { type MergedRecords, mergeRecords, settle } from "./merge-records.js";

/** How companies and people are enriched. */
export interface EnrichmentOptions extends FlowOptions {
  /** The sources: any of `enrichWithApollo(…)`, `scrapeLinkedin(…)` and `analyzeTechStack(…)`. */
  readonly tools: NonNullable<FlowOptions["tools"]>;
  /** Settles what sources disagree on, and writes the summary. @defaultValue none: the surest source counts */
  readonly model?: LanguageModel | undefined;
  /** Whether the model is asked where sources agree, for its summary alone. @defaultValue true */
  readonly summary?: boolean | undefined;
}

/** What an enrichment is given; what a source is not told by, it is not asked. */
export interface EnrichmentInput {
  readonly company?: CompanyHintsGiven | undefined;
  readonly person?: PersonHintsGiven | undefined;
  /** What the host knows already; it counts as one more source. */
  readonly known?: EnrichedRecords | undefined;
}

/** What an enrichment comes to. */
export interface EnrichmentState {
  readonly company: CompanyHintsGiven;
  readonly person: PersonHintsGiven;
  readonly known: EnrichedRecords;
  /** What each source said. */
  readonly readings: readonly SourceReading[];
  /** All of it together, each field with its source. */
  readonly records: EnrichedRecords;
  readonly disagreements: readonly Disagreement[];
  /** A model's, of the facts. */
  readonly summary: string | undefined;
  /** Why the model is not heard, where it failed: the surest source stands. */
  readonly degraded: Degradation | undefined;
}

/** The graph that enriches. */
export type EnrichmentAgent = CompiledGraph<EnrichmentState, UpdateOfState<EnrichmentState>, EnrichmentInput>;

/**
 * Enriches a company, a person, or both: asks its sources side by side, and puts together what they say, field by field, with
 * where it is from. A model is asked only for what they disagree on and for a summary; it can't add a value.
 *
 * @example
 * ```ts
 * const enrichment = createEnrichmentAgent({ tools: [enrichWithApollo(memoryEnricher({ companies }))] });
 * const { state } = await enrichment.invoke({ company: { domain: "figma.com" } }, { tenant: "acme" });
 * ```
 * @throws TypeError for a tool that is none of its sources, or for none at all.
 */
export function createEnrichmentAgent(options: EnrichmentOptions): EnrichmentAgent {
  const { model, summary = true } = options;
  const means: LookUpMeans = { tools: checkTools(options.tools), clock: options.clock ?? systemClock };
  const asksModel = ({ records, disagreements }: EnrichmentState) =>
    model !== undefined && (disagreements.length > 0 || (summary && Object.keys(records).length > 0));
  return new StateGraph({
    company: companyHintsSchema,
    person: personHintsSchema,
    known: field<EnrichedRecords>({ default: () => ({}) }),
    readings: field<readonly SourceReading[]>({
      reduce: (all, some) => [...all, ...some],
      default: () => [],
    }),
    records: field<EnrichedRecords>({ default: () => ({}) }),
    disagreements: field<readonly Disagreement[]>({ default: () => [] }),
    summary: field<string>(),
    degraded: field<Degradation>(),
  })
    .addNode("vendor", async (state, context) => ({ readings: await askVendor(means, state, context) }))
    .addNode("profiles", async (state, context) => ({ readings: await readProfiles(means, state, context) }))
    .addNode("site", async (state, context) => ({ readings: await readSite(means, state, context) }))
    .addNode("merge", ({ known, readings }) => mergeUpdate(mergeRecords([known, ...readings])))
    .addNode("settle", model ? settleNode(model, options) : () => undefined)
    .addEdge(START, "vendor")
    .addEdge(START, "profiles")
    .addEdge(START, "site")
    .addEdge(["vendor", "profiles", "site"], "merge")
    .addConditionalEdges("merge", (state) => (asksModel(state) ? "ask the model" : "done"), {
      "ask the model": "settle",
      done: END,
    })
    .addEdge("settle", END)
    .compile(compileOptions("enrichment", 10, options));
}

function settleNode(model: LanguageModel, { tools: _, ...options }: EnrichmentOptions) {
  const agent = defineAgent<MergedRecords, Settlement>({
    task: "enrichment",
    ...options,
    model,
    name: "enrichment",
    instructions: ENRICHMENT_INSTRUCTIONS,
    prompt: enrichmentPrompt,
    output: settlementSchema,
  });
  return agentNode(agent, {
    ...stepOptions(options),
    input: ({ records, disagreements }: EnrichmentState): MergedRecords => ({ records, disagreements }),
    output: (settlement, state): UpdateOfState<EnrichmentState> => ({
      ...mergeUpdate(settle(state, settlement)),
      summary: settlement.summary,
    }),
    recover: (error) => {
      const degraded = degradationFor(error, model);
      if (!degraded) throw error;
      return { degraded };
    },
  });
}

const mergeUpdate = ({ records, disagreements }: MergedRecords) => ({ records, disagreements });

function checkTools(tools: EnrichmentOptions["tools"]): LookUpMeans["tools"] {
  const known: readonly string[] = SOURCES;
  const strange = tools.find(({ name }) => !known.includes(name));
  if (tools.length > 0 && !strange) return new Map(tools.map((tool) => [tool.name, tool]));
  const got = strange ? `"${strange.name}"` : "none";
  throw new TypeError(`enrichment.tools must be some of ${SOURCES.join(", ")}, got ${got}`);
}
