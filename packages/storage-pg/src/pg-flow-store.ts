import type { CallOptions, FlowCheckpoint, FlowState, FlowStore, FlowWrite } from "@salesagent/ports";
import {
  checkpointOutOfOrder,
  flowFenced,
  recordNotFound,
  stepRemembered,
  toNormalFlowEvent,
  toNormalFlowStart,
  toNormalFlowWrite,
  toNormalStop,
  toStorable,
} from "@salesagent/ports/store-rules";
import { json, number, optional, type Row } from "./columns.js";
import { type FlowStatements, fromFlowRow } from "./flow-statements.js";
import type { StoreContext } from "./store-context.js";
import { toLeaseTime } from "./store-time.js";

/** A checkpoint as `load` gives it: without a snapshot, it is null. */
type LoadedCheckpoint = Required<FlowCheckpoint>;

function fromStateRow(row: Row): FlowState {
  const base = number(row, "base");
  const loaded = optional("all", row, "checkpoints", json<readonly LoadedCheckpoint[]>).all ?? [];
  const deltas = loaded.map(({ seq, delta, snapshot, at }) =>
    seq === base ? { seq, delta, snapshot, at } : { seq, delta, at },
  );
  const snapshot = base > 0 ? deltas.shift() : undefined;
  return {
    record: fromFlowRow(row),
    ...(snapshot === undefined ? {} : { snapshot }),
    deltas,
    steps: optional("all", row, "steps", json<FlowState["steps"]>).all ?? [],
    events: optional("all", row, "events", json<FlowState["events"]>).all ?? [],
  };
}

/** Runs as rows. */
class FlowRows {
  constructor(
    private readonly context: StoreContext,
    private readonly statements: FlowStatements,
  ) {}

  async load(id: string, fence: number, call: CallOptions | undefined): Promise<FlowState> {
    const { tenant, executor } = this.context;
    const values = [tenant, toStorable("flows", "id", id)];
    const [row] = await executor.run("flows", this.statements.load, values, call);
    if (row === undefined) throw recordNotFound("flows", id);
    if (number(row, "fence") !== fence) throw flowFenced(id, fence);
    return fromStateRow(row);
  }

  async commit(write: FlowWrite, call: CallOptions | undefined): Promise<void> {
    const { tenant, executor, clock } = this.context;
    const { statement, values, digest } = this.statements.commit(tenant, write, toLeaseTime(clock));
    const [written] = await executor.run("flows", statement, values, call);
    if (written === undefined) await this.#diagnose(write, digest, call);
  }

  /** Says why a write was not taken in. One that is the last that stands was made again, and is done. */
  async #diagnose(write: FlowWrite, digest: string, call: CallOptions | undefined): Promise<void> {
    const { id, fence, steps = [], checkpoint } = write;
    const values = [this.context.tenant, id, steps.map(({ key }) => key)];
    const [row] = await this.context.executor.run("flows", this.statements.diagnose, values, call);
    if (row === undefined) throw recordNotFound("flows", id);
    if (number(row, "fence") !== fence) throw flowFenced(id, fence);
    if (row["last_write"] === digest) return;
    if (row["status"] !== "running") throw flowFenced(id, fence);
    const last = number(row, "checkpoint");
    if (checkpoint !== undefined && checkpoint.seq !== last + 1)
      throw checkpointOutOfOrder(checkpoint.seq, last);
    const remembered = new Set(json<readonly string[]>(row, "remembered"));
    const index = steps.findIndex(({ key }) => remembered.has(key));
    if (index >= 0) throw stepRemembered(index);
    throw flowFenced(id, fence); // it changed hands twice meanwhile
  }
}

export function createPgFlowStore(context: StoreContext, statements: FlowStatements): FlowStore {
  const { tenant, executor, clock } = context;
  const rows = new FlowRows(context, statements);
  return {
    port: "flow-store/1",
    async create(start, call) {
      executor.admit("flows", call);
      const { id, graph, version, input, threadId, parentId, dueAt } = toNormalFlowStart(start);
      const links = [threadId ?? null, parentId ?? null, dueAt ?? null];
      const values = [tenant, id, graph, version, JSON.stringify(input), ...links, toLeaseTime(clock)];
      return (await executor.run("flows", statements.create, values, call)).length > 0;
    },
    async get(id, call) {
      const [row] = await executor.run(
        "flows",
        statements.get,
        [tenant, toStorable("flows", "id", id)],
        call,
      );
      return row === undefined ? undefined : fromFlowRow(row);
    },
    async load(id, fence, call) {
      return rows.load(id, fence, call);
    },
    async commit(write, call) {
      executor.admit("flows", call);
      await rows.commit(toNormalFlowWrite(write), call);
    },
    async deliver(id, event, call) {
      executor.admit("flows", call);
      const { name, payload } = toNormalFlowEvent(event);
      const put = [tenant, toStorable("flows", "id", id), name, JSON.stringify(payload), toLeaseTime(clock)];
      return (await executor.run("flows", statements.deliver, put, call)).length > 0;
    },
    async stop(id, stop, call) {
      executor.admit("flows", call);
      const { by, reason } = toNormalStop(stop);
      const values = [tenant, toStorable("flows", "id", id), by, reason, toLeaseTime(clock)];
      return (await executor.run("flows", statements.stop, values, call)).length > 0;
    },
    async reopen(id, call) {
      executor.admit("flows", call);
      const values = [tenant, toStorable("flows", "id", id), toLeaseTime(clock)];
      return (await executor.run("flows", statements.reopen, values, call)).length > 0;
    },
    async list({ graph, status, threadId, parentId } = {}, page, call) {
      const conditions = { graph, status, thread_id: threadId, parent_id: parentId };
      return statements.list(context, conditions, page, call);
    },
    async history(id, page, call) {
      executor.admit("flows", call);
      return statements.history(context, { run_id: toStorable("flows", "id", id) }, page, call);
    },
  };
}
