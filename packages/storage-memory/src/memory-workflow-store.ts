import type { WorkflowRecord, WorkflowStore } from "@salesagent/ports";
import {
  isSameJson,
  toNormalPage,
  toNormalWorkflow,
  toStorable,
  workflowVersionTaken,
} from "@salesagent/ports/store-rules";
import { now, type StoreContext } from "./store-context.js";

/** A version as it is kept: which one is active is kept once for each name. */
export type WorkflowRow = Omit<WorkflowRecord, "active">;

function toRowId(name: string, version: string): string {
  return JSON.stringify([name, version]);
}

export function createMemoryWorkflowStore({ rows, clock, admit }: StoreContext): WorkflowStore {
  const { workflows, activeVersions } = rows;

  const toRecord = (row: WorkflowRow): WorkflowRecord =>
    Object.freeze({ ...row, active: activeVersions.get(row.name) === row.version });

  return {
    port: "workflow-store/1",
    async add(workflow, call) {
      admit("workflows", call);
      const normal = toNormalWorkflow(workflow);
      const { name, version, definition } = normal;
      const before = workflows.get(toRowId(name, version));
      if (before !== undefined) {
        if (isSameJson(before.definition, definition)) return false;
        throw workflowVersionTaken();
      }
      const createdAt = now(clock);
      workflows.insert(
        toRowId(name, version),
        Date.parse(createdAt),
        Object.freeze({ ...normal, createdAt }),
      );
      if (activeVersions.get(name) === undefined) activeVersions.set(name, version);
      return true;
    },
    async get(name, version, call) {
      admit("workflows", call);
      const wanted = version === undefined ? undefined : toStorable("workflows", "version", version);
      const active = activeVersions.get(toStorable("workflows", "name", name));
      const row = workflows.get(toRowId(name, wanted ?? active ?? ""));
      return row === undefined ? undefined : toRecord(row);
    },
    async activate(name, version, call) {
      admit("workflows", call);
      const id = toRowId(toStorable("workflows", "name", name), toStorable("workflows", "version", version));
      if (workflows.get(id) === undefined) return false;
      activeVersions.set(name, version);
      return true;
    },
    async list(filter = {}, page, call) {
      admit("workflows", call);
      const { name, active } = toStorable("workflows", "filter", filter);
      const where = (row: WorkflowRow) =>
        active === undefined || (activeVersions.get(row.name) === row.version) === active;
      const scan = { page: toNormalPage("workflows", page), descending: true, where };
      const { items, ...next } = workflows.page(scan, name);
      return { items: items.map(toRecord), ...next };
    },
  };
}
