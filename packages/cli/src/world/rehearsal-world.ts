import { type Clock, systemClock } from "@salesagent/ports";
import { vllm } from "@salesagent/provider-vllm";
import { startSandbox } from "@salesagent/sandbox";
import { rehearsedCrm } from "./made-up-crm.js";
import {
  REHEARSED_TECHNOLOGIES,
  rehearsedEnricher,
  rehearsedKnowledge,
  rehearsedProfiles,
  rehearsedSearch,
  rehearsedSites,
} from "./made-up-web.js";
import { scriptedAnswer } from "./scripted-answers.js";
import type { World } from "./world.js";

/** A server of one's own costs nothing a token, and this one costs nothing at all. */
const FREE = { input: 0, output: 0, asOf: "2026-11-21" };

/**
 * A world without a model: a server on this machine speaks vLLM's format and answers from a script, reached over HTTP through
 * the real provider package. What agents look up is made up.
 */
export async function openRehearsalWorld(clock: Clock = systemClock): Promise<World> {
  const sandbox = await startSandbox({ script: scriptedAnswer });
  const nowIso = () => new Date(clock.now()).toISOString();
  const model = vllm("sandbox", {
    baseUrl: sandbox.url("vllm"),
    apiKey: "rehearsal",
    profile: { price: FREE },
  });
  return {
    kind: "rehearsal",
    model,
    modelName: "vllm/sandbox",
    notes: [
      "Rehearsal: vllm/sandbox is a script on this machine, and no model thinks. Pages, companies, mails and meetings are made up; nothing leaves this machine.",
    ],
    search: rehearsedSearch(),
    enricher: rehearsedEnricher(nowIso),
    crm: rehearsedCrm(),
    profiles: rehearsedProfiles(nowIso),
    knowledge: rehearsedKnowledge(),
    egress: rehearsedSites(),
    technologyRules: REHEARSED_TECHNOLOGIES,
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}
