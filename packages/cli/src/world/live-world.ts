import { nodeEgress } from "@salesagent/agents/node";
import {
  type CompanyEnricher,
  type CrmSearch,
  perplexity,
  providerCrmSearch,
  type SearchBackend,
  searxng,
} from "@salesagent/agents/tools";
import { apollo } from "@salesagent/crm-apollo";
import { CRMS } from "../choice/crms.js";
import type { ModelsChoice } from "../choice/model-options.js";
import { openChoice } from "../choice/open-models.js";
import type { Io } from "../io.js";
import type { World } from "./world.js";

/** What models were chosen by. */
export interface LiveChoice {
  readonly models: ModelsChoice;
  /** True where nobody named a model, and it is those whose keys are set. */
  readonly byKeys: boolean;
}

/** A world with real models. Apollo and a CRM are asked where their keys are set; no mailbox is set up by the command line. @throws UsageError when a key is missing. */
export async function openLiveWorld({ models, byKeys }: LiveChoice, io: Io): Promise<World> {
  const opened = await openChoice(models, { env: io.env, fetch: io.fetch });
  if (!opened) throw new TypeError("a live world needs a model");
  const modelName = models.names.map(({ name }) => name).join(", ");
  const search = searchOf(io);
  const enricher = enricherOf(io);
  const crm = crmOf(io);
  return {
    kind: "live",
    model: opened.model,
    modelName,
    notes: [
      ...(byKeys ? [`Asks ${modelName}, whose keys are set; --model chooses another, --rehearse none.`] : []),
      "Mail and calendar are rehearsed: nothing is sent, nothing is booked.",
      ...(search ? [] : ["No web search is set up: set SEARXNG_URL or PERPLEXITY_API_KEY."]),
      ...(enricher ? ["Asks Apollo, which costs credits: APOLLO_API_KEY is set."] : []),
    ],
    search,
    enricher,
    crm,
    profiles: undefined,
    knowledge: undefined,
    egress: nodeEgress(),
    technologyRules: [],
    [Symbol.asyncDispose]: async () => {},
  };
}

function enricherOf({ env, fetch }: Io): CompanyEnricher | undefined {
  const { APOLLO_API_KEY: apiKey } = env;
  return apiKey ? apollo({ apiKey }, { fetch }).enricher : undefined;
}

/** The first whose credential is set, and that knows more than whoever signed in. */
function crmOf({ env, fetch }: Io): CrmSearch | undefined {
  const crm = CRMS.find(({ name, variable }) => name !== "linkedin" && env[variable]);
  const credential = crm && env[crm.variable];
  return credential ? providerCrmSearch(crm.open({ credential, fetch })) : undefined;
}

function searchOf({ env, fetch }: Io): SearchBackend | undefined {
  const { SEARXNG_URL: baseUrl, PERPLEXITY_API_KEY: apiKey } = env;
  if (baseUrl) return searxng({ baseUrl, fetch });
  return apiKey ? perplexity({ apiKey, fetch }) : undefined;
}
