import { type JsonObject, SalesAgentError, type Storage, type WorkflowStore } from "@salesagent/ports";
import { type Sabotage, withStores, withTransaction } from "./sabotage.js";

const withWorkflows = (change: (workflows: WorkflowStore, storage: Storage) => Partial<WorkflowStore>) =>
  withStores(({ workflows }, storage) => ({
    workflows: { ...workflows, ...change(workflows, storage) },
  }));

const overwritten = new WeakMap<Storage, Map<string, JsonObject>>();
const activated = new WeakMap<Storage, Set<string>>();

/** What a broken store keeps for itself of one storage. */
function keptOf<Kept>(kept: WeakMap<Storage, Kept>, storage: Storage, create: () => Kept): Kept {
  const before = kept.get(storage) ?? create();
  kept.set(storage, before);
  return before;
}

/** Workflows that are broken. */
export const workflowSabotages: Readonly<Record<string, Sabotage>> = {
  "overwrites a version": {
    create: withWorkflows((workflows, storage) => {
      const definitions = keptOf(overwritten, storage, () => new Map<string, JsonObject>());
      return {
        add: async (workflow, call) => {
          try {
            return await workflows.add(workflow, call);
          } catch (error) {
            if (!SalesAgentError.is(error, "store.invalid") || error.facts.field !== "workflow.version")
              throw error;
            if (workflow.version === "" || workflow.version.length > 400) throw error;
            definitions.set(workflow.version, workflow.definition);
            return true;
          }
        },
        get: async (name, version, call) => {
          const workflow = await workflows.get(name, version, call);
          if (workflow === undefined) return undefined;
          return { ...workflow, definition: definitions.get(workflow.version) ?? workflow.definition };
        },
      };
    }),
    fails: ["workflow-store/1 > never overwrites a version with another definition"],
  },
  "takes another definition of a version for the same": {
    create: withWorkflows((workflows) => ({
      add: async (workflow, call) => {
        const standing = await workflows.get(workflow.name, workflow.version).catch(() => undefined);
        return standing === undefined ? workflows.add(workflow, call) : false;
      },
    })),
    fails: ["workflow-store/1 > never overwrites a version with another definition"],
  },
  "tells definitions apart by the order of their properties": {
    create: withWorkflows((workflows) => ({
      add: async (workflow, call) => {
        const isAdded = await workflows.add(workflow, call);
        const standing = await workflows.get(workflow.name, workflow.version, call);
        if (JSON.stringify(standing?.definition) === JSON.stringify(workflow.definition)) return isAdded;
        throw new TypeError("another definition");
      },
    })),
    fails: [
      "workflow-store/1 > adds a version once, whoever adds it again, in whatever order its properties are",
    ],
  },
  "leaves two versions active": {
    create: withWorkflows((workflows, storage) => {
      const active = keptOf(activated, storage, () => new Set<string>());
      return {
        activate: async (name, version, call) => {
          if (await workflows.activate(name, version, call)) active.add(JSON.stringify([name, version]));
          return workflows.activate(name, version, call);
        },
        list: async (filter = {}, page, call) => {
          const { active: wanted, ...rest } = filter;
          if (wanted !== true || active.size < 2) return workflows.list(filter, page, call);
          const { items } = await workflows.list(rest, {}, call);
          return {
            items: items.filter(
              (item) => item.active || active.has(JSON.stringify([item.name, item.version])),
            ),
          };
        },
      };
    }),
    fails: [
      "workflow-store/1 > activates a version, an older one too, in the place of the one before",
      "workflow-store/1 > leaves one version active when many are added and activated at once",
    ],
  },
  "lets every new version be active": {
    create: withWorkflows((workflows) => ({
      add: async (workflow, call) => {
        const isAdded = await workflows.add(workflow, call);
        if (isAdded) await workflows.activate(workflow.name, workflow.version, call);
        return isAdded;
      },
    })),
    fails: [
      "workflow-store/1 > gives back a version as it was added, with the time of its adding",
      "workflow-store/1 > lets the first version of a name be active, and later ones wait",
      "workflow-store/1 > lists the version added last first, by name and by what is active, page by page",
      "tenants > keeps workflows apart, though their names and versions are the same",
    ],
  },
  "lets no version be active before it is told": {
    create: withWorkflows((workflows) => ({
      get: async (name, version, call) => {
        const workflow = await workflows.get(name, version, call);
        const { items } = await workflows.list({ name }, {}, call);
        return version === undefined && items.length > 1 ? undefined : workflow;
      },
    })),
    fails: [
      "workflow-store/1 > lets the first version of a name be active, and later ones wait",
      "workflow-store/1 > activates a version, an older one too, in the place of the one before",
      "tenants > keeps workflows apart, though their names and versions are the same",
    ],
  },
  "says that it activated what is not there": {
    create: withWorkflows((workflows) => ({
      activate: async (name, version, call) => (await workflows.activate(name, version, call)) || true,
    })),
    fails: [
      "workflow-store/1 > activates nothing that is not there",
      "tenants > keeps workflows apart, though their names and versions are the same",
    ],
  },
  "lists the versions added first, first": {
    create: withWorkflows((workflows) => ({
      list: async (filter, page, call) => {
        const { items, ...next } = await workflows.list(filter, page, call);
        return { items: [...items].reverse(), ...next };
      },
    })),
    fails: [
      "workflow-store/1 > lists the version added last first, by name and by what is active, page by page",
      "transactions over threads, facts and workflows > shows a transaction its own changes, and nobody else before it ends",
    ],
  },
  "knows no difference between active and other versions in lists": {
    create: withWorkflows((workflows) => ({
      list: ({ active, ...filter } = {}, page, call) =>
        workflows.list(active === false ? filter : { ...filter, active }, page, call),
    })),
    fails: [
      "workflow-store/1 > lists the version added last first, by name and by what is active, page by page",
    ],
  },
  "activates another tenant's version": {
    create: withStores(({ tenant, workflows }, storage) => ({
      workflows: {
        ...workflows,
        activate: async (name, version, call) => {
          if (await workflows.activate(name, version, call)) return true;
          const other = storage.tenant(tenant === "acme" ? "other" : "acme");
          return other.workflows.activate(name, version, call);
        },
      },
    })),
    fails: ["tenants > keeps workflows apart, though their names and versions are the same"],
  },
  "keeps the workflows of a failed transaction": {
    create: withTransaction(
      (tenant) => (work, call) =>
        tenant.transaction((stores) => work({ ...stores, workflows: tenant.workflows }), call),
    ),
    fails: [
      "transactions > makes no write stand when the callback throws, and passes on what it threw",
      "transactions > refuses the stores of a transaction once it is over",
      "transactions over threads, facts and workflows > puts back what was changed and removed when the callback throws",
      "transactions over threads, facts and workflows > shows a transaction its own changes, and nobody else before it ends",
    ],
  },
};
