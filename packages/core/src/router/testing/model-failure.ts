import { type ErrorFacts, type ModelErrorFacts, SalesAgentError } from "@salesagent/ports";

type ModelCode = Extract<keyof ErrorFacts, `model.${string}`>;

/** A failure as an adapter would throw it. */
export function modelFailure(code: ModelCode, facts: Partial<ModelErrorFacts> = {}): SalesAgentError {
  return new SalesAgentError<ModelCode>(code, {
    message: `simulated ${code}`,
    facts: { provider: "simulated", modelId: "m", ...facts } as ErrorFacts[ModelCode],
    replay: "safe",
  }) as SalesAgentError;
}
