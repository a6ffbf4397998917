import type {
  CRMProvider,
  CrmChange,
  CrmDraft,
  CrmKind,
  CrmKindSupport,
  CrmLinks,
  CrmPage,
  CrmRecord,
} from "@salesagent/ports";
import type { Expectation, Runner } from "../runner.js";
import { editOf, plainOf, sampleOf } from "./crm-samples.js";
import type { CrmCustomSample, CrmSamples, CrmSetup, CrmWorld } from "./crm-world.js";
import { drivenProvider, TimeDriver } from "./driven-provider.js";

/** Time for every index and feed to catch up, in milliseconds, unless the setup says more. */
const CATCH_UP_MS = 120_000;

export interface CrmProviderConformanceOptions {
  /** Shown in the suite's title. @defaultValue "crm-provider/1" alone */
  readonly name?: string;
  /**
   * Values of fields, where the usual ones don't fit: ids of owners, pipelines and stages, choices, codes. A field of
   * `capabilities` for which there is no sample fails the suite; `#` stands for a number that differs from record to record.
   */
  readonly samples?: { readonly [Kind in CrmKind]?: Partial<CrmSamples> };
  /** Fields whose value can't be taken away, by kind, such as a stage that every deal has. @defaultValue none */
  readonly required?: { readonly [Kind in CrmKind]?: readonly string[] };
  /** Custom fields that the CRM and the adapter's mapping have. @defaultValue none */
  readonly custom?: readonly CrmCustomSample[];
  /** Kinds that the cases look at, where another run looks at the others. @defaultValue all that the adapter has */
  readonly kinds?: readonly CrmKind[];
  /** Kinds of which the CRM refuses a second record with the same e-mail, domain or name. @defaultValue none */
  readonly refusesDuplicates?: readonly CrmKind[];
  /** Whether the id of a merged record leads to the one that stands. If not, it leads nowhere. @defaultValue true */
  readonly followsMerges?: boolean;
  /**
   * Records of a kind that pass its page and its ceiling of results, as the world has them.
   *
   * @defaultValue 250
   */
  readonly many?: number;
  /** Time for every index and feed of the CRM to catch up, in milliseconds. @defaultValue 120,000 */
  readonly catchUpMs?: number;
  /** Cases that are known to fail, by name, with the reason. One that passes all the same fails the suite. */
  readonly knownGaps?: Readonly<Record<string, string>>;
}

/** What a case works with: the adapter, whose calls don't wait for real time, and its world. */
export class CrmBench {
  readonly provider: CRMProvider;
  /** The adapter itself: time doesn't pass while a call of it waits. */
  readonly raw: CRMProvider;
  readonly world: CrmWorld;
  readonly options: CrmProviderConformanceOptions;
  readonly driver: TimeDriver;
  readonly #runner: Runner;
  readonly #anchors = new Map<CrmKind, string>();
  #count = 0;

  constructor(runner: Runner, setup: CrmSetup, options: CrmProviderConformanceOptions) {
    this.#runner = runner;
    this.options = options;
    this.raw = setup.provider;
    this.world = setup.world;
    this.driver = new TimeDriver((ms) => setup.world.pass(ms));
    this.provider = drivenProvider(setup.provider, this.driver);
  }

  expect(actual: unknown, message?: string): Expectation {
    return this.#runner.expect(actual, message);
  }

  /** A number that no record of the case has yet. */
  next(): number {
    this.#count += 1;
    return this.#count;
  }

  get many(): number {
    return this.options.many ?? 250;
  }

  support(kind: CrmKind): CrmKindSupport {
    const support = this.raw.capabilities.kinds[kind];
    if (support === undefined) throw new Error(`the adapter has no ${kind}`);
    return support;
  }

  /** Fields of a kind that the adapter takes. */
  writable(kind: CrmKind): readonly string[] {
    const { fields, readOnlyFields = [] } = this.support(kind);
    return fields.filter((name) => !readOnlyFields.includes(name));
  }

  sample(kind: CrmKind, which: keyof CrmSamples, names = this.writable(kind), count = this.next()) {
    return sampleOf(kind, which, names, count, this.options.samples);
  }

  /** A user makes a record with plain fields. */
  async make(kind: CrmKind, more: Partial<Pick<CrmDraft, "fields" | "links">> = {}): Promise<string> {
    const plain = plainOf(kind, this.support(kind).fields, this.next());
    const links = { ...(await this.anchor(kind)), ...more.links };
    return this.world.create({ kind, fields: { ...plain, ...more.fields }, links });
  }

  /** Users make records, as many as given. */
  async makeMany(kind: CrmKind, count: number): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let left = count; left > 0; left -= 1) ids.push(await this.make(kind));
    return ids;
  }

  /** A user changes a record. @returns What its fields hold then, of those that were changed. */
  async edit(kind: CrmKind, id: string): Promise<Readonly<Record<string, unknown>>> {
    const fields = this.edited(kind);
    await this.world.edit({ kind, id, fields });
    return fields;
  }

  /** A user changes a record, but for one of its fields. */
  async editBeside(kind: CrmKind, id: string, kept: string): Promise<void> {
    const names = this.support(kind).fields.filter((name) => name !== kept);
    const edit = editOf(kind, names, this.next());
    const fields = Object.keys(edit).length > 0 ? edit : plainOf(kind, names, this.next());
    await this.world.edit({ kind, id, fields });
  }

  /** A change of one plain field, different each time. */
  edited(kind: CrmKind): Readonly<Record<string, string | number>> {
    return editOf(kind, this.support(kind).fields, this.next()) as Readonly<Record<string, string | number>>;
  }

  /** The record of another kind without which one of this kind can't be made. */
  async anchor(kind: CrmKind): Promise<CrmLinks> {
    const needed = this.support(kind).requiredLink;
    if (needed === undefined) return {};
    const known = this.#anchors.get(needed) ?? (await this.make(needed));
    this.#anchors.set(needed, known);
    return { [needed]: [known] };
  }

  /** What the adapter makes a record of. */
  async draft(kind: CrmKind, fields: object = this.plain(kind)): Promise<CrmDraft> {
    return { kind, fields, links: await this.anchor(kind) };
  }

  /** Plain fields that the adapter takes. */
  plain(kind: CrmKind): Readonly<Record<string, unknown>> {
    return plainOf(kind, this.writable(kind), this.next());
  }

  change(kind: CrmKind, id: string, fields: object = this.edited(kind)): CrmChange {
    return { kind, id, fields };
  }

  /** Lets indexes and feeds catch up. */
  async catchUp(): Promise<void> {
    await this.world.pass(this.options.catchUpMs ?? CATCH_UP_MS);
  }

  /** The world's own time can't be asked for: an instant before all that happens. */
  readonly since = { since: "2001-01-01T00:00:00.000Z" } as const;

  async walk<Kind extends CrmKind>(kind: Kind, cursor?: string): Promise<readonly CrmPage<Kind>[]> {
    const pages: CrmPage<Kind>[] = [];
    for await (const page of this.provider.list(kind, { cursor })) {
      pages.push(page);
      if (pages.length > 20 * (this.many + 10)) throw new Error("the walk does not end");
    }
    return pages;
  }

  /** Reads the changes to their end. */
  async drain(kind: CrmKind, from: { readonly cursor: string } | { readonly since: string }) {
    const records: CrmRecord[] = [];
    const removed: string[] = [];
    const cursors: string[] = [];
    for await (const page of this.provider.changes(kind, from)) {
      records.push(...page.records);
      removed.push(...page.removed.map(({ id }) => id));
      cursors.push(page.cursor);
      if (!page.more) break;
      if (cursors.length > 20 * (this.many + 10)) throw new Error("the changes do not end");
    }
    const cursor = cursors.at(-1);
    if (cursor === undefined) throw new Error("changes brings at least one page");
    return { records, removed, cursor, cursors };
  }

  /** How many more records of a kind stand than before. */
  async created(kind: CrmKind, before: readonly string[]): Promise<number> {
    return (await this.world.standing(kind)).filter((id) => !before.includes(id)).length;
  }
}

/** All ids of records, in a form that compares. */
export const idsOf = (records: Iterable<{ readonly id: string } | undefined>): readonly string[] =>
  [...new Set([...records].flatMap((record) => (record === undefined ? [] : [record.id])))].sort();

/** Ids in a form that compares. */
export const sorted = (ids: Iterable<string>): readonly string[] => [...new Set(ids)].sort();

/** What a call rejects with. @throws Error when it doesn't. */
export async function refusalOf(call: Promise<unknown>, what = "the call"): Promise<Failure> {
  let value: unknown;
  try {
    value = await call;
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error) return error as Failure;
    throw error;
  }
  throw new Error(`${what} should be refused, and gave ${JSON.stringify(value)}`);
}

/** An error of the family, as the cases look at it. */
export interface Failure extends Error {
  readonly code: string;
  readonly replay: string;
  readonly facts: Readonly<Record<string, unknown>>;
}
