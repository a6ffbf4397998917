import {
  type CrmDouble,
  type CrmDoubleFault,
  type CrmDoubleOptions,
  createCrmDouble,
  type ManualClock,
  manualClock,
} from "@salesagent/conformance";
import type {
  Clock,
  CrmKind,
  CrmRecord,
  JsonObject,
  JsonValue,
  RecordDraft,
  RecordKind,
  Storage,
  StoredRecord,
  TenantStorage,
} from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { NAME_FIELDS, withFullName } from "../contact-name.js";
import { createSyncContext } from "../create-sync-context.js";
import type { FieldRules } from "../default-rules.js";
import { keysAfter, matchKeys } from "../match-keys.js";
import { toValues } from "../record-values.js";
import type { SyncContext } from "../sync-context.js";
import { Crash, Process } from "./crashable.js";
import { Chance, seeded } from "./seeded.js";

/** A kind of CRM, and what goes wrong with it. */
export interface ConvergenceTraits {
  readonly name: string;
  readonly double: CrmDoubleOptions;
  /** How often a call's answer or request is lost, it is refused for now, or a field is: 0–1 each. */
  readonly lost: number;
  /** How often the process ends at a call. */
  readonly crashes: number;
  /** How often a user acts between two calls of a sync. */
  readonly races: number;
  /** By how much the app's clock is ahead of the CRM's, in milliseconds. */
  readonly skewMs: number;
}

/** What somebody wrote. */
export interface UserEdit {
  readonly side: "app" | "crm";
  readonly kind: RecordKind;
  readonly id: string;
  readonly field: string;
  readonly value: JsonValue;
  /** Written while the engine was at work. */
  readonly racing: boolean;
}

const RULES: { readonly [Kind in RecordKind]: FieldRules } = {
  contact: { "custom.mark": {}, "custom.tier": {} },
  company: { "custom.mark": {} },
  deal: { "custom.mark": {} },
};

/** Fields that users edit, of which each text is written once only. */
const EDITED: { readonly [Kind in RecordKind]: readonly string[] } = {
  contact: ["title", "firstName", "lastName", "email", "phone", "custom.tier"],
  company: ["name", "city"],
  deal: ["name", "currency"],
};

const KINDS: readonly RecordKind[] = ["company", "contact", "deal"];

/** The app, the CRM, their users and the processes between. */
export class ConvergenceWorld {
  readonly clock: ManualClock = manualClock();
  readonly crm: CrmDouble;
  readonly storage: Storage;
  readonly app: TenantStorage;
  readonly chance: Chance;
  readonly edits: UserEdit[] = [];
  /** Ids of records that users removed or merged away, by side. */
  readonly removed = { app: new Set<string>(), crm: new Set<string>() };
  /** All values that either side ever had in a field. */
  readonly had = { app: new Set<string>(), crm: new Set<string>() };
  readonly engineRemoved = { app: new Set<string>(), crm: new Set<string>() };
  readonly recreated = new Set<string>();
  isFaulty = true;
  isWorking = false;
  crashes = 0;
  faults = 0;
  ops = 0;
  #count = 0;
  readonly #appClock: Clock;

  constructor(
    readonly traits: ConvergenceTraits,
    seed: number,
  ) {
    this.chance = new Chance(seeded(seed));
    const { clock } = this;
    this.#appClock = {
      now: () => clock.now() + traits.skewMs,
      elapsed: () => clock.elapsed(),
      schedule: (delayMs, task) => clock.schedule(delayMs, task),
    };
    const doubled = { clock, random: this.chance.random, faults: () => this.#fault(), ...traits.double };
    this.crm = createCrmDouble(doubled);
    this.storage = memoryStorage({ clock: this.#appClock });
    this.app = this.storage.tenant("acme");
  }

  /** A process that syncs, until a crash ends it. */
  context(signal?: AbortSignal): SyncContext {
    const process = new Process({
      strikes: () => this.#strikes(),
      between: () => this.#interfere(),
    });
    return createSyncContext({
      connection: "double",
      provider: process.wrap(this.#watched(), "provider"),
      storage: process.wrap(this.#watchedStorage(), "storage"),
      fields: RULES,
      clock: this.#appClock,
      createId: () => `id-${this.text()}`,
      random: this.chance.random,
      limits: {
        ...{ leaseMs: 60_000, backoffCapMs: 60_000, removals: 100_000, batch: 20, overlapMs: 86_400_000 },
      },
      signal,
    });
  }

  /** Some user does something. */
  async act(): Promise<void> {
    this.ops += 1;
    const kind = this.chance.pick(["contact", "contact", "contact", "company", "deal"] as const) ?? "contact";
    const roll = this.chance.random();
    const isApp = this.chance.happens(0.5);
    if (roll < 0.25) await (isApp ? this.createInApp(kind) : this.createInCrm(kind));
    else if (roll < 0.32) await this.remove(kind, isApp);
    else if (roll < 0.36) this.#merge(kind);
    else if (roll < 0.38) await this.#recreate(kind);
    else if (roll < 0.4) this.#restore(kind);
    else await (isApp ? this.editInApp(kind) : this.editInCrm(kind));
  }

  async createInApp(kind: RecordKind): Promise<string> {
    const id = `app-${this.text()}`;
    await this.#putInApp(kind, id, this.draft(kind), await this.#appLinks(kind));
    return id;
  }

  createInCrm(kind: RecordKind): string {
    const { fields, custom } = this.draft(kind);
    const companies = this.crm.world.standing("company");
    const company = kind !== "company" && this.chance.happens(0.5) ? this.chance.pick(companies) : undefined;
    this.#note("crm", kind, "new", { ...fields, ...prefixed(custom) });
    return this.crm.world.create({
      ...{ kind, fields, custom },
      ...(company !== undefined && { links: { company: [company] } }),
    });
  }

  async editInApp(kind: RecordKind): Promise<void> {
    const record = this.chance.pick(await this.appRecords(kind));
    const field = this.chance.pick(EDITED[kind]);
    if (record && field !== undefined) await this.setInApp(record, field, this.value(field));
  }

  async setInApp(record: StoredRecord, field: string, value: JsonValue): Promise<void> {
    const parts = field.startsWith("custom.")
      ? { fields: record.fields, custom: { ...record.custom, [field.slice(7)]: value } }
      : { fields: { ...record.fields, ...renamed(record, field, value) }, custom: record.custom };
    const keys = keysAfter(record.keys, record.kind, parts.fields);
    const draft = { ...parts, links: record.links, keys };
    const write = {
      op: "put",
      kind: record.kind,
      id: record.id,
      draft,
      ifRevision: record.revision,
    } as const;
    const [written] = await this.app.records.writeMany([write]);
    if (written?.status === "written") this.#noteEdit("app", record.kind, record.id, field, value);
  }

  async editInCrm(kind: RecordKind): Promise<void> {
    const id = this.chance.pick(this.crm.world.standing(kind));
    const field = this.chance.pick(EDITED[kind]);
    if (id === undefined || field === undefined) return;
    this.setInCrm(kind, id, field, this.value(field));
  }

  setInCrm(kind: RecordKind, id: string, field: string, value: JsonValue): void {
    const change = field.startsWith("custom.")
      ? { custom: { [field.slice(7)]: value } }
      : { fields: renamed(this.crm.world.read(kind, id), field, value) };
    this.crm.world.edit({ kind, id, ...change });
    this.#noteEdit("crm", kind, id, field, value);
  }

  async remove(kind: RecordKind, isApp: boolean): Promise<void> {
    if (isApp) {
      const record = this.chance.pick(await this.appRecords(kind));
      if (!record) return;
      await this.app.records.writeMany([{ op: "remove", kind, id: record.id }]);
      this.removed.app.add(record.id);
    } else {
      const id = this.chance.pick(this.crm.world.standing(kind));
      if (id === undefined) return;
      this.crm.world.remove(kind, id);
      this.removed.crm.add(id);
    }
  }

  #merge(kind: RecordKind): void {
    const standing = this.crm.world.standing(kind);
    const [survivor, loser] = [this.chance.pick(standing), this.chance.pick(standing)];
    if (survivor === undefined || loser === undefined || survivor === loser) return;
    this.crm.world.merge(kind, survivor, loser);
    this.removed.crm.add(survivor).add(loser);
  }

  async #recreate(kind: RecordKind): Promise<void> {
    const id = this.chance.pick([...this.removed.app]);
    if (id === undefined || !id.startsWith("app-") || this.recreated.has(id)) return;
    if ((await this.appRecords("company")).some((one) => one.id === id)) return;
    for (const other of KINDS) if ((await this.app.records.get(other, id)) !== undefined) return;
    const link = (await this.app.links.findByRecords("double", kind, [id]))[0];
    if (!link) return;
    this.recreated.add(id);
    await this.#putInApp(kind, id, this.draft(kind), {});
  }

  #restore(kind: RecordKind): void {
    const gone = [...this.removed.crm].filter((id) => id.startsWith(kind));
    const id = this.chance.pick(gone);
    if (id === undefined || this.crm.world.read(kind, id)) return;
    try {
      this.crm.world.restore(kind, id);
      this.recreated.add(id);
    } catch {
      // It was merged, and can't come back.
    }
  }

  draft(kind: RecordKind): { readonly fields: JsonObject; readonly custom: JsonObject } {
    const mark = this.text();
    const custom = { mark };
    if (kind === "company") {
      return { fields: { name: `Company ${mark}`, domain: `${mark}.example` }, custom };
    }
    if (kind === "deal") return { fields: { name: `Deal ${mark}`, amountMinor: this.#count }, custom };
    const name = { firstName: `Ada ${mark}`, lastName: "Byron", fullName: `Ada ${mark} Byron` };
    return { fields: { ...name, email: `${mark}@x.example`, title: `Title ${mark}` }, custom };
  }

  text(): string {
    this.#count += 1;
    return `m${this.#count}z`;
  }

  value(field: string): JsonValue {
    this.#count += 1;
    if (field === "email") return `e${this.#count}z@x.example`;
    if (field === "phone") return `+49 30 ${100_000 + this.#count}`;
    return `v${this.#count}z`;
  }

  async appRecords<Kind extends RecordKind>(kind: Kind): Promise<readonly StoredRecord<Kind>[]> {
    const records: StoredRecord<Kind>[] = [];
    for (let after: string | undefined; ; ) {
      const page = await this.app.records.list(kind, { after, limit: 1_000 });
      records.push(...page.items);
      after = page.next;
      if (after === undefined) return records;
    }
  }

  pass(ms: number): void {
    this.crm.world.pass(ms);
  }

  async #appLinks(kind: RecordKind): Promise<{ readonly company?: readonly string[] }> {
    if (kind === "company" || this.chance.happens(0.5)) return {};
    const company = this.chance.pick(await this.appRecords("company"));
    return company ? { company: [company.id] } : {};
  }

  async #putInApp(
    kind: RecordKind,
    id: string,
    { fields, custom }: { readonly fields: JsonObject; readonly custom: JsonObject },
    links: { readonly company?: readonly string[] },
  ): Promise<void> {
    this.#note("app", kind, id, { ...fields, ...prefixed(custom) });
    const draft = { fields, custom, links, keys: matchKeys(kind, fields) };
    await this.app.records.writeMany([{ op: "put", kind, id, draft }]);
  }

  #note(side: "app" | "crm", kind: RecordKind, _id: string, values: JsonObject): void {
    for (const [field, value] of Object.entries(values)) this.had[side].add(seenKey(kind, field, value));
  }

  #noteEdit(side: "app" | "crm", kind: RecordKind, id: string, field: string, value: JsonValue): void {
    this.had[side].add(seenKey(kind, field, value));
    this.edits.push({ side, kind, id, field, value, racing: this.isWorking });
  }

  #fault(): CrmDoubleFault | undefined {
    if (!this.isFaulty || !this.chance.happens(this.traits.lost)) return undefined;
    this.faults += 1;
    const type = this.chance.pick([
      "response-lost",
      "response-lost",
      "request-lost",
      "server-error",
      "rate-limited",
    ] as const);
    return type && { type };
  }

  /** Users do not wait for a sync to end. */
  async #interfere(): Promise<void> {
    if (this.isFaulty && this.isWorking && this.chance.happens(this.traits.races)) await this.act();
  }

  #strikes(): boolean {
    if (!this.isFaulty || !this.chance.happens(this.traits.crashes)) return false;
    this.crashes += 1;
    return true;
  }

  /** The provider, with what the engine writes by it noted. */
  #watched(): CrmDouble["provider"] {
    const { provider } = this.crm;
    const noteRecord = (record: CrmRecord | undefined) => {
      if (!record) return;
      const values = { ...(record.fields as JsonObject), ...prefixed(record.custom) };
      this.#note("crm", record.kind as RecordKind, record.id, values);
    };
    return new Proxy(provider, {
      get: (target, key) => {
        if (key !== "writeMany") {
          const value: unknown = Reflect.get(target, key, target);
          return typeof value === "function" ? value.bind(target) : value;
        }
        return async (...args: Parameters<typeof provider.writeMany>) => {
          for (const write of args[0]) {
            if (write.op === "remove") this.engineRemoved.crm.add(write.id);
            const parts =
              write.op === "create" ? write.draft : write.op === "update" ? write.change : undefined;
            if (!parts) continue;
            const values = { ...(parts.fields as JsonObject), ...prefixed(parts.custom ?? {}) };
            this.#note("crm", parts.kind as RecordKind, "", values);
          }
          const written = await provider.writeMany(...args);
          for (const one of written) if (one.status === "written") noteRecord(one.record);
          return written;
        };
      },
    });
  }

  #watchedStorage(): TenantStorage {
    const watch = <T extends Pick<TenantStorage, "records" | "links">>(stores: T): T =>
      new Proxy(stores, {
        get: (target, key) => {
          if (key === "records") return this.#watchedRecords(target.records);
          if (key === "links") return this.#watchedLinks(target.links);
          const value: unknown = Reflect.get(target, key, target);
          if (key === "transaction" && typeof value === "function") {
            return (work: (stores: T) => unknown, ...rest: unknown[]) =>
              value.call(target, (inner: T) => work(watch(inner)), ...rest);
          }
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    return watch(this.app);
  }

  #watchedLinks(links: TenantStorage["links"]): TenantStorage["links"] {
    return new Proxy(links, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (key !== "makeRecords" || typeof value !== "function") {
          return typeof value === "function" ? value.bind(target) : value;
        }
        return (...args: Parameters<typeof links.makeRecords>) => {
          const [{ kind, records }] = args;
          for (const { recordId, draft } of records) this.#noteDraft(kind, recordId, draft);
          return value.apply(target, args);
        };
      },
    });
  }

  #noteDraft(kind: RecordKind, id: string, { fields, custom = {} }: RecordDraft): void {
    this.#note("app", kind, id, { ...(fields as JsonObject), ...prefixed(custom) });
  }

  #watchedRecords(records: TenantStorage["records"]): TenantStorage["records"] {
    return new Proxy(records, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (key !== "writeMany" || typeof value !== "function") {
          return typeof value === "function" ? value.bind(target) : value;
        }
        return (...args: Parameters<typeof records.writeMany>) => {
          for (const write of args[0]) {
            if (write.op === "remove") {
              if (write.mergedInto === undefined) this.engineRemoved.app.add(write.id);
              continue;
            }
            this.#noteDraft(write.kind, write.id, write.draft);
          }
          return value.apply(target, args);
        };
      },
    });
  }
}

/** Whether an error is that of a process that ended. */
export const isCrash = (error: unknown): boolean => error instanceof Crash;

/** A value as it is told apart from all others, whatever form a CRM gives it. */
export function seenKey(kind: CrmKind, field: string, value: JsonValue): string {
  return `${kind}/${field}/${formless(value)}`;
}

export function formless(value: JsonValue | undefined): string {
  return JSON.stringify(value ?? null)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
}

/** Whoever edits a part of a name edits the whole with it, where that is but its parts. */
function renamed(
  record: StoredRecord | CrmRecord | undefined,
  field: string,
  value: JsonValue,
): Readonly<Record<string, JsonValue>> {
  return withFullName(record ? toValues(record, NAME_FIELDS) : {}, { [field]: value });
}

function prefixed(custom: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(custom).map(([name, value]) => [`custom.${name}`, value]));
}
