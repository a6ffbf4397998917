import {
  createSortableIds,
  ERASED,
  type FlowRecord,
  type JsonObject,
  type JsonValue,
  type PageRequest,
  systemClock,
  type WorkflowRecord,
} from "@salesagent/ports";
import { auditRecord } from "../effects/effect-audit.js";
import { createApprovals, type EffectStorage, type EffectStores } from "../effects/index.js";
import { wrongState } from "../graph/graph-errors.js";
import type { DurableFlows, ResumeOptions, RunOptions, StoredRuns, StreamOptions } from "../graph/index.js";
import type { CompiledWorkflow, WorkflowOptions } from "./compile-workflow.js";
import { KEPT_UNDER, storedWorkflowOf } from "./stored-workflow-of.js";
import { noWorkflow, WorkflowLibrary, type WorkflowOrigin } from "./workflow-library.js";
import { workflowLog } from "./workflow-runs.js";
import type {
  OfTenant,
  SaveOptions,
  StoredWorkflowLog,
  WorkflowRun,
  WorkflowScopeOptions,
  WorkflowStart,
  Workflows,
} from "./workflows.js";

/** What stored workflows are kept and run with. */
export interface WorkflowsOptions extends Omit<WorkflowOptions, "workflows" | "checkpointer"> {
  readonly storage: EffectStorage;
  /** Keeps the runs, in the same storage. Where it works, it works on the runs of all stored workflows, of all tenants. */
  readonly flows: Pick<DurableFlows, "stored">;
}

/**
 * Stores workflows, and runs them. A process that has never seen a workflow goes on with its runs: it finds the definition that a
 * run began with in the storage. What its nodes name (tools, agents) has to be at hand there; where it is not, the run stays for
 * others. Approval nodes put their questions to `createApprovals` of the same storage.
 *
 * @example
 * ```ts
 * const flows = durableFlows({ storage });
 * const workflows = createWorkflows({ storage, flows, tools, agents, effects });
 * await workflows.save(definition, { tenant, by: "user:42" });
 * const { status } = await workflows.run("outreach", { company: "Figma" }, { tenant });
 * ```
 */
export function createWorkflows(options: WorkflowsOptions): Workflows {
  return new StoredWorkflows(options);
}

/** Under which the runs of all stored workflows are kept; the version is that of the way in which their origins are read. */
const KEPT_AS = { name: KEPT_UNDER, version: "1" };

class StoredWorkflows implements Workflows {
  readonly #storage: EffectStorage;
  readonly #library: WorkflowLibrary;
  readonly #runs: StoredRuns;
  readonly #audit: Parameters<typeof auditRecord>[0];

  constructor({ storage, flows, ...options }: WorkflowsOptions) {
    const { clock = systemClock, newId = createSortableIds(clock) } = options;
    const { approvals = createApprovals({ storage, clock, createId: newId }) } = options;
    this.#storage = storage;
    this.#audit = { createId: newId, clock };
    this.#library = new WorkflowLibrary({
      store: (tenant) => storage.tenant(tenant).workflows,
      options: { ...options, approvals },
      checkpointer: (origin) => this.#runs.checkpointer(origin),
    });
    this.#runs = flows.stored({
      ...KEPT_AS,
      resolve: async (origin, scope) => (await this.#library.compiled(asOrigin(origin), scope)).plan,
    });
  }

  async save(definition: unknown, { tenant, by, note, activate, signal }: SaveOptions) {
    const { name, version } = await this.#library.check(definition, { tenant, signal });
    const record = { name, version, definition: definition as JsonObject, createdBy: by };
    return this.#storage.tenant(tenant).transaction(
      async (stores) => {
        const { workflows } = stores;
        const isNew = await workflows.add(note === undefined ? record : { ...record, note });
        if (isNew) await this.#note(stores, "workflow-saved", { name, version, by });
        const standing = await workflows.get(name, version);
        if (!activate || standing?.active) return standing as WorkflowRecord;
        return this.#activated(stores, { name, version, by });
      },
      { signal },
    );
  }

  async get(
    name: string,
    { tenant, version, signal }: WorkflowScopeOptions & { readonly version?: string | undefined },
  ) {
    return this.#storage.tenant(tenant).workflows.get(name, version, { signal });
  }

  async list({ tenant, signal, ...filter }: Parameters<Workflows["list"]>[0], page?: PageRequest) {
    return this.#storage.tenant(tenant).workflows.list(filter, page, { signal });
  }

  async activate(
    name: string,
    version: string,
    { tenant, by, signal }: WorkflowScopeOptions & { readonly by: string },
  ) {
    const stores = this.#storage.tenant(tenant);
    const standing = await stores.workflows.get(name, version, { signal });
    if (!standing) throw noWorkflow(name, version);
    await this.#library.check(standing.definition, { tenant, signal });
    await stores.transaction((within) => this.#activated(within, { name, version, by }), { signal });
  }

  async run(name: string, input: JsonObject, { version, ...start }: WorkflowStart) {
    return (await this.#begun(name, version, start)).invoke({ input }, start);
  }

  async stream(name: string, input: JsonObject, { version, ...start }: WorkflowStart & StreamOptions) {
    return (await this.#begun(name, version, start)).stream({ input }, start);
  }

  async begin(name: string, input: JsonObject, { version, ...start }: WorkflowStart) {
    return (await this.#begun(name, version, start)).begin({ input }, start);
  }

  async resume(runId: string, options: OfTenant<ResumeOptions>) {
    return (await this.#known(runId, options)).resume(runId, options);
  }

  async resumeStream(runId: string, options: OfTenant<ResumeOptions & StreamOptions>) {
    return (await this.#known(runId, options)).resumeStream(runId, options);
  }

  async retry(runId: string, options: OfTenant<RunOptions>) {
    return (await this.#known(runId, options)).retry(runId, options);
  }

  async retryStream(runId: string, options: OfTenant<RunOptions & StreamOptions>) {
    return (await this.#known(runId, options)).retryStream(runId, options);
  }

  async deliver(runId: string, event: string, payload: JsonValue, scope: WorkflowScopeOptions) {
    return this.#runs.deliver(runId, event, payload, scope);
  }

  async cancel(
    runId: string,
    { by, reason, ...scope }: WorkflowScopeOptions & { readonly by: string; readonly reason: string },
  ) {
    return this.#runs.stop(runId, { by, reason }, scope);
  }

  async state(runId: string, scope: WorkflowScopeOptions) {
    return (await this.#find(runId, scope))?.getState(runId, scope);
  }

  async log(runId: string, scope: WorkflowScopeOptions): Promise<StoredWorkflowLog | undefined> {
    const workflow = await this.#find(runId, scope);
    const log = workflow && (await workflowLog(workflow, runId, scope));
    return log && { ...log, workflow: workflow.name, version: workflow.version };
  }

  async runs({ tenant, workflow, status, signal }: Parameters<Workflows["runs"]>[0], page?: PageRequest) {
    const { flows } = this.#storage.tenant(tenant);
    const { items, ...rest } = await flows.list({ graph: KEPT_AS.name, status }, page, { signal });
    const runs = items.map(toRun);
    return { ...rest, items: runs.filter((run) => workflow === undefined || run.workflow === workflow) };
  }

  async #begun(name: string, version: string | undefined, { tenant, signal }: WorkflowScopeOptions) {
    const scope = { tenant, signal };
    return this.#library.compiled(await this.#library.originOf(name, version, scope), scope);
  }

  async #find(
    runId: string,
    { tenant, signal }: WorkflowScopeOptions,
  ): Promise<CompiledWorkflow | undefined> {
    const found = await this.#runs.find(runId, { tenant, signal });
    return found && this.#library.compiled(asOrigin(found.origin), { tenant, signal });
  }

  async #known(runId: string, scope: WorkflowScopeOptions): Promise<CompiledWorkflow> {
    const workflow = await this.#find(runId, scope);
    if (workflow) return workflow;
    throw wrongState(runId, "unknown", "there is no such run of a stored workflow");
  }

  async #activated(stores: EffectStores, which: Named): Promise<WorkflowRecord> {
    const { name, version } = which;
    await stores.workflows.activate(name, version);
    await this.#note(stores, "workflow-activated", which);
    return (await stores.workflows.get(name, version)) as WorkflowRecord;
  }

  async #note({ audit }: EffectStores, action: string, { name, version, by }: Named): Promise<void> {
    const told = { actor: by, action, subject: `workflow:${name}`, facts: { version } };
    await audit.addMany([auditRecord(this.#audit, told)]);
  }
}

/** A version of a workflow, and who did something to it. */
interface Named {
  readonly name: string;
  readonly version: string;
  readonly by: string;
}

/** What was kept by {@link WorkflowLibrary.originOf}. */
const asOrigin = (origin: JsonObject): WorkflowOrigin => origin as WorkflowOrigin;

function toRun(record: FlowRecord): WorkflowRun {
  const { id, status, error, stop, createdAt, updatedAt } = record;
  // A run that told of a person has no input any more, and with it goes what it was a run of.
  const { workflow, version } = storedWorkflowOf(record) ?? { workflow: ERASED, version: ERASED };
  return {
    ...{ runId: id, workflow, version, status, createdAt, updatedAt },
    ...(error && { error }),
    ...(stop && { stop }),
  };
}
