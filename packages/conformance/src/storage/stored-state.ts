import type { TenantStores } from "@salesagent/ports";

/** All that the stores of a tenant hold, as far as lists tell; few records only. */
export async function readState(stores: TenantStores): Promise<unknown> {
  return {
    leads: (await stores.leads.list()).items,
    leadCount: await stores.leads.count(),
    runs: (await stores.runs.list()).items,
    steps: (await stores.steps.list("run-1")).items,
    modelCalls: (await stores.modelCalls.list()).items,
    results: (await stores.results.list()).items,
    messages: (await stores.messages.list("thread")).items,
    thread: await stores.messages.thread("thread"),
    audit: (await stores.audit.list()).items,
    usage: await stores.usage.list(),
    import: await stores.imports.get("file"),
    budgets: await stores.budgets.read(["tenant/ever"]),
    answer: await stores.cache.get("answer"),
    breakers: await stores.breakers.list(["model"]),
    vectors: await stores.vectors.nearest("collection", Float32Array.of(1, 0)),
    facts: (await stores.facts.list()).items,
    workflows: (await stores.workflows.list()).items,
  };
}
