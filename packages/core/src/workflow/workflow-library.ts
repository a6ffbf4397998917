import {
  type CallOptions,
  type JsonObject,
  SalesAgentError,
  untilAborted,
  type WorkflowStore,
} from "@salesagent/ports";
import type { Checkpointer } from "../graph/index.js";
import { type CompiledWorkflow, compileWorkflow, type WorkflowOptions } from "./compile-workflow.js";
import type { WorkflowDefinition } from "./definition.js";

/** What a run of a stored workflow is begun with, and pinned to. A type and not an interface, so that it is a `JsonObject`. */
export type WorkflowOrigin = {
  readonly workflow: string;
  readonly version: string;
  /** Which versions its sub-workflows had, at whatever depth, where the definitions don't say. */
  readonly uses: Readonly<Record<string, string>>;
};

/** What a library is made of. */
export interface WorkflowLibraryInit {
  store(tenant: string): WorkflowStore;
  /** What the nodes of all workflows may name. */
  readonly options: Omit<WorkflowOptions, "workflows" | "checkpointer">;
  checkpointer(origin: WorkflowOrigin): Checkpointer;
}

/** Whose definitions are read. */
export interface LibraryScope extends CallOptions {
  readonly tenant: string;
}

/** Definitions with all that they are made of. */
type Parts = Map<string, WorkflowDefinition>;

/** Compiled workflows that are kept at hand, over all tenants; those that were not used for longest leave first. */
const MOST_KEPT = 500;

/** Finds stored definitions, with their parts, and compiles them. */
export class WorkflowLibrary {
  readonly #init: WorkflowLibraryInit;
  readonly #compiled = new Map<string, Promise<CompiledWorkflow>>();

  constructor(init: WorkflowLibraryInit) {
    this.#init = init;
  }

  /**
   * Checks a definition together with the stored ones that it is made of.
   *
   * @throws SalesAgentError `graph.invalid` with all that is wrong, naming the nodes.
   */
  async check(definition: unknown, scope: LibraryScope): Promise<WorkflowDefinition> {
    const root = definition as WorkflowDefinition;
    const uses = new Map<string, string>();
    const { name, version } = (definition ?? {}) as Partial<WorkflowDefinition>;
    if (typeof name === "string" && typeof version === "string") uses.set(name, version);
    const parts = await this.#partsOf(root, uses, scope);
    compileWorkflow(filled(root, uses), this.#optionsOf(parts, uses));
    return root;
  }

  /**
   * What a run that begins now is pinned to.
   *
   * @param version - @defaultValue the active one
   * @throws SalesAgentError `store.not_found`.
   */
  async originOf(name: string, version: string | undefined, scope: LibraryScope): Promise<WorkflowOrigin> {
    const root = await this.#load(name, version, scope);
    const uses = new Map<string, string>();
    await this.#partsOf(root, uses, scope);
    return { workflow: root.name, version: root.version, uses: Object.fromEntries(uses) };
  }

  /** @throws SalesAgentError `store.not_found`; `graph.invalid` where this process lacks what a node names. */
  async compiled(origin: WorkflowOrigin, scope: LibraryScope): Promise<CompiledWorkflow> {
    const { workflow, version, uses } = origin;
    const key = JSON.stringify([scope.tenant, workflow, version, Object.entries(uses).sort()]);
    const compiled = this.#compiled.get(key) ?? this.#compile(origin, scope);
    this.#compiled.delete(key);
    this.#compiled.set(key, compiled);
    for (const oldest of this.#compiled.keys()) {
      if (this.#compiled.size <= MOST_KEPT) break;
      this.#compiled.delete(oldest);
    }
    try {
      return await untilAborted(compiled, scope.signal);
    } catch (error) {
      if (!scope.signal?.aborted) this.#compiled.delete(key);
      throw error;
    }
  }

  async #compile(origin: WorkflowOrigin, { tenant }: LibraryScope): Promise<CompiledWorkflow> {
    const { workflow, version } = origin;
    const uses = new Map(Object.entries(origin.uses));
    // Others may come to wait for it: one caller's signal must not end it.
    const root = await this.#load(workflow, version, { tenant });
    const parts = await this.#partsOf(root, uses, { tenant });
    const checkpointer = this.#init.checkpointer(origin);
    return compileWorkflow(filled(root, uses), { ...this.#optionsOf(parts, uses), checkpointer });
  }

  #optionsOf(parts: Parts, uses: ReadonlyMap<string, string>): WorkflowOptions {
    const workflows = [...parts.values()].map((part) => filled(part, uses));
    return { ...this.#init.options, workflows };
  }

  /**
   * All that a definition is made of. What is not there is left out, for the check to tell of.
   *
   * @param uses - Versions of sub-workflows; one that nobody says is the active one, and is added.
   */
  async #partsOf(root: unknown, uses: Map<string, string>, { tenant, signal }: LibraryScope): Promise<Parts> {
    const store = this.#init.store(tenant);
    const parts: Parts = new Map();
    const open: unknown[] = [root];
    const { name: rootName, version: rootVersion } = (root ?? {}) as Partial<WorkflowDefinition>;
    for (let from = open.shift(); from !== undefined; from = open.shift()) {
      for (const { workflow, version } of subWorkflowsOf(from)) {
        const wanted = version ?? uses.get(workflow);
        const isRoot = workflow === rootName && wanted === rootVersion;
        const found = isRoot ? root : (await store.get(workflow, wanted, { signal }))?.definition;
        if (found === undefined) continue;
        const part = found as WorkflowDefinition;
        if (version === undefined) uses.set(workflow, part.version);
        const key = JSON.stringify([workflow, part.version]);
        if (parts.has(key)) continue;
        parts.set(key, part);
        if (!isRoot) open.push(part);
      }
    }
    return parts;
  }

  async #load(
    name: string,
    version: string | undefined,
    { tenant, signal }: LibraryScope,
  ): Promise<WorkflowDefinition> {
    const record = await this.#init.store(tenant).get(name, version, { signal });
    if (!record) throw noWorkflow(name, version);
    return record.definition as JsonObject & WorkflowDefinition;
  }
}

/** What a definition names as its parts, whatever it is. */
function subWorkflowsOf(definition: unknown): readonly { workflow: string; version: string | undefined }[] {
  const { nodes } = (definition ?? {}) as { readonly nodes?: unknown };
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown) => {
    const { kind, workflow, version } = (node ?? {}) as Readonly<Record<string, unknown>>;
    if (kind !== "workflow" || typeof workflow !== "string") return [];
    return [{ workflow, version: typeof version === "string" ? version : undefined }];
  });
}

/** The definition with the versions of its sub-workflows. */
function filled(definition: WorkflowDefinition, uses: ReadonlyMap<string, string>): WorkflowDefinition {
  if (subWorkflowsOf(definition).every(({ version }) => version !== undefined)) return definition;
  return {
    ...definition,
    // What is no node at all is for the check to tell of.
    nodes: definition.nodes.map((node) => {
      const version = node?.kind === "workflow" ? (node.version ?? uses.get(node.workflow)) : undefined;
      return version === undefined ? node : { ...node, version };
    }),
  };
}

export function noWorkflow(name: string, version: string | undefined): SalesAgentError<"store.not_found"> {
  const which =
    version === undefined ? "none of its versions is there" : `there is no version "${version}" of it`;
  return new SalesAgentError("store.not_found", {
    message: `The workflow "${name}" can't be found: ${which} for this tenant. Save it first.`,
    facts: { store: "workflows", id: version === undefined ? name : `${name}/${version}` },
    replay: "safe",
  });
}
