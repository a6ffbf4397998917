import { ModelRouter } from "@salesagent/core/router";
import { anthropic } from "@salesagent/provider-anthropic";
import { cerebras } from "@salesagent/provider-cerebras";
import { type Reply, type Sandbox, type SandboxRequest, startSandbox } from "@salesagent/sandbox";
import type { ModelsChoice } from "../choice/model-options.js";

/** A router over two simulated vendors, of which the first dies on the way. */
export interface Rehearsal extends AsyncDisposable {
  readonly router: ModelRouter;
  /** What a reader must know of the results. */
  readonly note: string;
}

/** Answers that break off in the middle before the vendor is gone for good: as many as leads are under way by default. */
const CUTS = 4;
const CUT_AFTER_EVENTS = 12;
const TIMING = { firstTokenMs: 20, betweenTokensMs: 1 };
/** By quality, failures put a model back only after many: its breaker opens before. */
const QUALITY = { primary: 1, fallback: 0.2 };
/** A pass is short: nobody would see the first waits of a real one. */
const RETRY = { baseMs: 50 };
/** The answers from before its death would hide it for long at the usual half. */
const BREAKER = { errorShare: 0.25 };

/**
 * Two vendors in the formats of Cerebras and Anthropic, on this machine, reached through their real provider packages. After
 * so many answers the first breaks some off in the middle; then its server is gone and refuses connections.
 */
export async function openRehearsal(
  { policy, takeover }: Pick<ModelsChoice, "policy" | "takeover">,
  diesAfter: number,
): Promise<Rehearsal> {
  const primary = await startMortal(diesAfter);
  const fallback = await startSandbox({ script: simulatedAssessment });
  const apiKey = "rehearsal";
  const router = new ModelRouter({
    candidates: [
      {
        model: cerebras("gpt-oss-120b", { apiKey, baseUrl: primary.url("cerebras") }),
        quality: QUALITY.primary,
      },
      {
        model: anthropic("claude-sonnet-5-5", { apiKey, baseUrl: fallback.url("anthropic") }),
        quality: QUALITY.fallback,
      },
    ],
    policy: policy ?? "best",
    takeover,
    retry: RETRY,
    breaker: BREAKER,
    whenOverBudget: "cheaper",
  });
  return {
    router,
    note: `Rehearsal: both vendors are simulated on this machine, and the first dies after ${diesAfter} answers. No model reads a lead: the scores are the rules' own, and each cost is what these tokens would cost at list prices.`,
    async [Symbol.asyncDispose]() {
      await Promise.all([primary.close(), fallback.close()]);
    },
  };
}

async function startMortal(diesAfter: number): Promise<Sandbox> {
  const sandbox: Sandbox = await startSandbox({
    faults: [
      {
        on: ({ index }) => index >= diesAfter,
        times: CUTS,
        fault: { type: "cut", afterEvents: CUT_AFTER_EVENTS },
      },
    ],
    script: (request) => {
      // Closing breaks off what is under way too, so that none is answered by a server that is gone.
      if (request.index >= diesAfter + CUTS) void sandbox.close();
      return simulatedAssessment(request);
    },
  });
  return sandbox;
}

/** An answer in the shape that qualification asks for. It knows nothing of the lead, and says so. */
function simulatedAssessment({ vendor }: SandboxRequest): Reply {
  const assessment = {
    score: 50,
    confidence: 0,
    reasons: [`Simulated answer of ${vendor}: no model read this lead.`],
    missing: [],
    nextAction: "research",
  };
  return {
    reasoning: "This is a simulated answer. No model thinks here, so nothing is weighed.",
    text: JSON.stringify(assessment),
    timing: TIMING,
  };
}
