import { vllm } from "@salesagent/provider-vllm";
import { rehearsedCrm } from "./made-up-crm.js";
import {
  rehearsedEnricher,
  rehearsedKnowledge,
  rehearsedProfiles,
  rehearsedSearch,
  rehearsedSites,
} from "./made-up-web.js";
import type { World } from "./world.js";

/** For whoever only looks at runs and answers them: agents can be made with it, and none ever asks it. */
export function idleWorld(): World {
  return {
    kind: "rehearsal",
    // The port of no service: nothing is sent there.
    model: vllm("none", { baseUrl: "http://127.0.0.1:9/v1", apiKey: "none" }),
    modelName: "none",
    notes: [],
    // All that a run may have had, so that its graph can be made again.
    search: rehearsedSearch(),
    enricher: rehearsedEnricher(() => ""),
    crm: rehearsedCrm(),
    profiles: rehearsedProfiles(() => ""),
    knowledge: rehearsedKnowledge(),
    egress: rehearsedSites(),
    technologyRules: [],
    [Symbol.asyncDispose]: async () => {},
  };
}
