import type { Vendor } from "../dialect.js";
import type { Reply } from "../reply.js";
import type { Sandbox } from "../server/start-sandbox.js";
import type { DrillRole, DrillVendor } from "./drill-setup.js";

/** What is known beforehand of a simulated vendor: its own words, so that doubled and mixed texts are seen. */
export interface SimulatedVendor extends Omit<DrillVendor, "baseUrl" | "url"> {
  readonly text: string;
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number };
}

export const SIMULATED: Readonly<Record<DrillRole, SimulatedVendor>> = {
  primary: {
    vendor: "openai",
    modelId: "gpt-5.4-mini",
    apiKey: "sk-drill-primary-7Q2mV9xK",
    contextTokens: 16_000,
    price: { input: 1, output: 4 },
    text: "Primary here: Ørsted fits well, with eight thousand people, steady growth and budget to spend.",
    usage: { inputTokens: 100, outputTokens: 20 },
  },
  fallback: {
    vendor: "anthropic",
    modelId: "claude-sonnet-5",
    apiKey: "sk-drill-fallback-4T8nB3wZ",
    contextTokens: 200_000,
    price: { input: 3, output: 15 },
    text: "Fallback speaking: this company matches every criterion in our profile; call them before Thursday.",
    usage: { inputTokens: 140, outputTokens: 30 },
  },
};

/** What a simulated vendor answers when nothing goes wrong: each event in a write of its own. */
export function replyOf(role: DrillRole): Reply {
  const { text, usage } = SIMULATED[role];
  return { text, usage, timing: { betweenTokensMs: 0 }, tokensPerEvent: 1 };
}

/** The vendor as a client sees it. */
export function vendorOf(role: DrillRole, sandbox: Sandbox): DrillVendor {
  const { text: _text, usage: _usage, ...known } = SIMULATED[role];
  return {
    ...known,
    baseUrl: sandbox.url(known.vendor),
    url: (vendor: Vendor) => sandbox.url(vendor),
  };
}
