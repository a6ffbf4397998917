/** OpenAI Agents: a streamed run over Chat Completions, with the runner's own retries. */
export const peer = {
  name: "OpenAI Agents",
  packages: ["@openai/agents", "openai"],
  note: "has no failover between models: one model with modelSettings.retry (retryPolicies: provider, Retry-After, network, 429 and 5xx), the client's own retries off, its timeout for headers, a signal that limits all of it",
};

/** Nothing says how long a begun answer may be silent, so the whole run is limited by its signal. */
const TOTAL_MS = 5_000;

const PASSING_STATUSES = [408, 429, 500, 502, 503, 504];

/** @param {(name: string) => Promise<any>} load */
export async function openPeer(load, { vendors, limits }) {
  const { Agent, OpenAIChatCompletionsModel, Runner, retryPolicies } = await load("@openai/agents");
  const { default: OpenAI } = await load("openai");
  const { modelId, apiKey, url } = vendors.primary;
  const client = new OpenAI({ apiKey, baseURL: url("openai"), maxRetries: 0, timeout: limits.headersMs });
  const agent = new Agent({
    name: "drill",
    model: new OpenAIChatCompletionsModel(client, modelId),
    modelSettings: { retry: retrySettings(retryPolicies, limits) },
  });
  const runner = new Runner({ tracingDisabled: true });
  return {
    call({ prompt, signal }) {
      const read = { run: undefined };
      return {
        events: readRun(runner, agent, prompt, signal, read),
        outcome: async () => outcomeOf(read.run),
      };
    },
    close: async () => {},
  };
}

function retrySettings(policies, limits) {
  return {
    maxRetries: limits.tries - 1,
    backoff: { initialDelayMs: limits.retryBaseMs, maxDelayMs: limits.retryCapMs, jitter: true },
    policy: policies.any(
      policies.providerSuggested(),
      policies.retryAfter(),
      policies.networkError(),
      policies.httpStatus(PASSING_STATUSES),
    ),
  };
}

async function* readRun(runner, agent, prompt, signal, read) {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(TOTAL_MS)]);
  read.run = await runner.run(agent, prompt, { stream: true, signal: limited });
  for await (const text of read.run.toTextStream()) yield { type: "text-delta", text };
  await read.run.completed;
  if (read.run.error) throw read.run.error;
  if (read.run.cancelled) throw new Error("The run was cancelled.");
}

function outcomeOf(run) {
  const [response] = run.rawResponses;
  const { inputTokens, outputTokens } = run.state.usage ?? {};
  return {
    text: run.finalOutput ?? "",
    modelId: response?.providerData?.model,
    usage: { inputTokens, outputTokens },
  };
}
