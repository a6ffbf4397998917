import type { KnowledgeSearch } from "@salesagent/agents";
import type {
  CompanyEnricher,
  CrmSearch,
  Egress,
  ProfileReader,
  SearchBackend,
  TechnologyRule,
} from "@salesagent/agents/tools";
import type { LanguageModel } from "@salesagent/ports";

/** `rehearsal`: a script answers, and everything outside is made up. `live`: the models are real ones. */
export type WorldKind = "rehearsal" | "live";

/** Whom agents ask, and where they look things up. */
export interface World extends AsyncDisposable {
  readonly kind: WorldKind;
  readonly model: LanguageModel;
  /** Such as `vllm/sandbox`; several with commas. */
  readonly modelName: string;
  /** What a reader must know of the results. */
  readonly notes: readonly string[];
  /** Searches the web, where that is set up. */
  readonly search: SearchBackend | undefined;
  /** Knows companies and people, where there is such a vendor. */
  readonly enricher: CompanyEnricher | undefined;
  readonly profiles: ProfileReader | undefined;
  /** Searches the tenant's CRM, where that is set up. */
  readonly crm: CrmSearch | undefined;
  /** What the seller's company knows. */
  readonly knowledge: KnowledgeSearch | undefined;
  /** How sites are read. */
  readonly egress: Egress;
  /** Technologies that only this world's sites show. */
  readonly technologyRules: readonly TechnologyRule[];
}
