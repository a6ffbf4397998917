import type { ModelFailureCode, WireFailureInit } from "@salesagent/provider-kit";

/** The server has no codes, only words. */
const BY_WORDS: readonly (readonly [RegExp, ModelFailureCode])[] = [
  [/exceeds? (?:the |maximum |available )*context/i, "model.context_length"],
  [/^model ['"].*['"] not found|try pulling it first/i, "model.not_found"],
  [/server busy|maximum pending requests/i, "model.overloaded"],
  [/usage limit|upgrade (?:for|to)/i, "model.quota_exhausted"],
  [/^unauthorized/i, "model.auth"],
  [/does not support (?:tools|thinking|chat|generate|insert)|invalid format/i, "model.bad_request"],
];

/** Reads what a failure says where the status alone, which a line inside an answer does not have, says less. */
export function classifyOllama({ vendorMessage = "" }: WireFailureInit): ModelFailureCode | undefined {
  return BY_WORDS.find(([words]) => words.test(vendorMessage))?.[1];
}

/** What to do about a failure of a server of one's own. */
export function adviseLocally(modelId: string): (code: ModelFailureCode) => string | undefined {
  return (code) => {
    if (code === "model.not_found") return `Run \`ollama pull ${modelId}\`.`;
    if (code === "model.unreachable") {
      return "Start it with `ollama serve`, or say where it runs with `baseUrl` or OLLAMA_HOST.";
    }
    return code === "model.context_length" ? "Send less, or raise `contextTokens`." : undefined;
  };
}
