import { MockLanguageModelV3 } from "ai/test";

/** What a model of the AI SDK answers, in order: calls of tools, or a text that ends the run. */
export type PlannedAnswer =
  | { readonly calls: readonly { readonly name: string; readonly input: unknown }[] }
  | { readonly text: string };

const USAGE = {
  inputTokens: { total: 1, noCache: 1, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 1, text: 1, reasoning: undefined },
};

export function plannedModel(plan: readonly PlannedAnswer[]): MockLanguageModelV3 {
  let asked = 0;
  return new MockLanguageModelV3({
    doGenerate: async () => {
      const index = asked++;
      const answer = plan[index];
      if (!answer) throw new Error(`answer ${index + 1} was not planned`);
      const calls = "calls" in answer ? answer.calls : [];
      const content = calls.map(({ name, input }, at) => ({
        type: "tool-call" as const,
        toolCallId: `call-${index}-${at}`,
        toolName: name,
        input: JSON.stringify(input),
      }));
      return {
        content: "text" in answer ? [{ type: "text" as const, text: answer.text }] : content,
        finishReason: {
          unified: "text" in answer ? ("stop" as const) : ("tool-calls" as const),
          raw: undefined,
        },
        usage: USAGE,
        warnings: [],
      };
    },
  });
}
