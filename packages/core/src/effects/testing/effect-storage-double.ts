import type {
  ApprovalRecord,
  ApprovalStore,
  Clock,
  EffectRecord,
  EffectStore,
  Page,
  TenantStores,
} from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import type { EffectStorage, EffectStores } from "../effect-storage.js";

/** What stands before and after each call of a store; may throw, as if the process or the storage had died there. */
export type Tap = (call: string, phase: "before" | "after") => void | Promise<void>;

interface Rows {
  readonly effects: Map<string, EffectRecord>;
  readonly approvals: Map<string, ApprovalRecord>;
}

/** A storage in memory with effects and approvals; transactions of one tenant run one after the other. */
export function effectStorageDouble(clock: Clock) {
  const base = memoryStorage({ clock });
  const tenants = new Map<string, Rows & { turn: Promise<unknown> }>();

  const rowsOf = (id: string) => {
    const rows = tenants.get(id) ?? { effects: new Map(), approvals: new Map(), turn: Promise.resolve() };
    tenants.set(id, rows);
    return rows;
  };

  /** The storage as one process sees it. */
  const connect = (tap: Tap = () => {}): EffectStorage & { tenant(id: string): TenantStores } => ({
    tenant(id) {
      const rows = rowsOf(id);
      const stores = base.tenant(id);
      const inTurn = <T>(work: (draft: Rows) => Promise<T>): Promise<T> => {
        const running = rows.turn.then(async () => {
          const draft = { effects: new Map(rows.effects), approvals: new Map(rows.approvals) };
          const value = await work(draft);
          for (const name of ["effects", "approvals"] as const) {
            rows[name].clear();
            for (const [key, row] of draft[name]) rows[name].set(key, row as never);
          }
          return value;
        });
        rows.turn = running.catch(() => {});
        return running;
      };
      const alone = <Store extends object>(open: (draft: Rows) => Store): Store => {
        const call = (name: keyof Store) =>
          tapped(tap, String(name), (...args: never[]) =>
            inTurn((draft) => (open(draft)[name] as (...given: never[]) => Promise<unknown>)(...args)),
          );
        const names = Object.keys(open(rows)).filter((name) => name !== "port") as (keyof Store)[];
        return Object.fromEntries(names.map((name) => [name, call(name)])) as Store;
      };
      return {
        ...stores,
        effects: alone((draft) => effectStore(draft.effects, clock)),
        approvals: alone((draft) => approvalStore(draft.approvals, clock)),
        async transaction(work, options) {
          await tap("transaction", "before");
          const value = await inTurn((draft) =>
            stores.transaction(
              (inner) =>
                work({
                  ...inner,
                  effects: effectStore(draft.effects, clock),
                  approvals: approvalStore(draft.approvals, clock),
                } satisfies EffectStores),
              options,
            ),
          );
          await tap("transaction", "after");
          return value;
        },
      };
    },
  });
  return { connect, rowsOf };
}

function tapped<Args extends never[]>(tap: Tap, name: string, run: (...args: Args) => Promise<unknown>) {
  return async (...args: Args) => {
    await tap(name, "before");
    const value = await run(...args);
    await tap(name, "after");
    return value;
  };
}

function effectStore(rows: Map<string, EffectRecord>, clock: Clock): EffectStore {
  const now = () => new Date(clock.now()).toISOString();
  const put = (row: EffectRecord): EffectRecord => {
    const kept = structuredClone({ ...row, updatedAt: now() });
    rows.set(row.key, kept);
    return kept;
  };
  const isOver = ({ leaseUntil }: EffectRecord) => leaseUntil === undefined || leaseUntil <= now();
  const read = (row: EffectRecord): EffectRecord => {
    if (row.status !== "claimed" || !isOver(row)) return row;
    return { ...row, status: "unknown" };
  };
  return {
    port: "effect-store/1",
    async claim({ key, effect, target, input, runId, owner, leaseUntil }) {
      const old = rows.get(key);
      if (old && read(old).status !== "failed") {
        const standing = read(old);
        return { granted: false, record: standing };
      }
      const { attempts = 0, createdAt = now() } = old ?? {};
      const claimed = { key, effect, target, input, owner, leaseUntil, createdAt, updatedAt: now() };
      const record = put({
        ...claimed,
        ...(runId === undefined ? {} : { runId }),
        status: "claimed",
        attempts: attempts + 1,
      });
      return { granted: true, record };
    },
    async renew(key, owner, leaseUntil) {
      const old = rows.get(key);
      if (!old || old.owner !== owner || isOver(old)) return false;
      put({ ...old, leaseUntil });
      return true;
    },
    async settle(key, owner, outcome) {
      const old = rows.get(key);
      if (!old || old.owner !== owner) return false;
      const { owner: _owner, leaseUntil: _leaseUntil, error: _error, ...row } = old;
      put({ ...row, ...outcome });
      return true;
    },
    async reconcile(key, owner, leaseUntil) {
      const old = rows.get(key);
      if (!old) return undefined;
      const standing = read(old);
      if (standing.status !== "unknown" || !isOver(old)) return { granted: false, record: standing };
      return { granted: true, record: put({ ...standing, owner, leaseUntil }) };
    },
    async get(key) {
      const row = rows.get(key);
      return row && read(row);
    },
    async list(filter = {}) {
      const wanted = Object.entries(filter);
      const items = [...rows.values()]
        .map(read)
        .filter((row) =>
          wanted.every(([name, value]) => value === undefined || row[name as keyof EffectRecord] === value),
        );
      return { items: items.reverse() } satisfies Page<EffectRecord>;
    },
    async countDone({ effect, target, since }) {
      return [...rows.values()].filter(
        (row) =>
          row.status === "done" &&
          row.target === target &&
          row.updatedAt >= since &&
          (effect === undefined || row.effect === effect),
      ).length;
    },
  };
}

function approvalStore(rows: Map<string, ApprovalRecord>, clock: Clock): ApprovalStore {
  const now = () => new Date(clock.now()).toISOString();
  const read = (row: ApprovalRecord): ApprovalRecord => {
    const open = row.status === "pending" || row.status === "approved";
    return open && row.expiresAt <= now() ? { ...row, status: "expired" } : row;
  };
  return {
    port: "approval-store/1",
    async request(approval) {
      const row = rows.get(approval.id) ?? structuredClone({ ...approval, status: "pending" as const });
      rows.set(approval.id, row);
      return read(row);
    },
    async decide(id, { by, ...decision }) {
      const row = rows.get(id);
      if (!row || read(row).status !== "pending") return undefined;
      const decided = structuredClone({ ...row, ...decision, decidedBy: by, decidedAt: now() });
      rows.set(id, decided);
      return decided;
    },
    async use(id, argumentsHash) {
      const row = rows.get(id);
      if (!row || read(row).status !== "approved") return undefined;
      if ((row.editedArgumentsHash ?? row.argumentsHash) !== argumentsHash) return undefined;
      const used = { ...row, status: "used" as const };
      rows.set(id, used);
      return used;
    },
    async get(id) {
      const row = rows.get(id);
      return row && read(row);
    },
    async list(filter = {}) {
      const items = [...rows.values()].map(read).filter((row) => {
        return (
          (filter.status === undefined || row.status === filter.status) &&
          (filter.runId === undefined || row.runId === filter.runId)
        );
      });
      return { items: items.reverse() };
    },
  };
}
