/**
 * Which providers are preferred for a task when the candidates do not say: speed for qualification, depth for reasoning and
 * drafting, price for research, the host's own machines for what is private.
 */
export const TASK_PREFERENCES: Readonly<Record<string, readonly string[]>> = {
  qualification: ["cerebras"],
  reasoning: ["anthropic"],
  drafting: ["anthropic"],
  research: ["deepseek"],
  private: ["ollama", "vllm"],
};
