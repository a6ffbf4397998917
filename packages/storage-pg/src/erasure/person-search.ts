import type { CallOptions } from "@salesagent/ports";
import type { NormalPerson } from "@salesagent/ports/store-rules";
import { number, type Row, text } from "../columns.js";
import type { Executor } from "../executor.js";
import { reading, type Statement } from "../statement.js";
import type { StoreContext } from "../store-context.js";
import { toStoreTime } from "../store-time.js";
import type { KeyColumn } from "./keyed-rows.js";
import { said, toMentionPatterns } from "./mention-patterns.js";

/** So many rows are looked through in one statement. */
const PAGE_ROWS = 1000;
/** Found rows are read whole so many characters at a time, or one alone. */
const CHUNK_CHARS = 2_000_000;

/** Rows of a few keys are read by them, even where the planner knows nothing yet of how large a table has grown. */
const KEEP_TO_KEYS = reading(`select set_config('enable_hashjoin', 'off', true),
  set_config('enable_mergejoin', 'off', true), set_config('enable_seqscan', 'off', true)`);

/** One search for a person through one tenant's stores. */
export class PersonSearch {
  /** The time of the search, ISO 8601 in UTC. */
  readonly instant: string;
  readonly #patterns: readonly string[];
  #contacts: ReadonlySet<string> = new Set();

  constructor(
    readonly context: StoreContext,
    readonly person: NormalPerson,
    readonly call: CallOptions | undefined,
  ) {
    this.instant = toStoreTime(context.clock);
    this.#patterns = toMentionPatterns(person.mentions);
  }

  /** The ids of the contacts kept in step with CRMs that are the person. */
  get contacts(): ReadonlySet<string> {
    return this.#contacts;
  }

  /** Whether a row is about a contact that is the person. */
  isOfTheirContact({ kind, recordId }: { readonly kind: string; readonly recordId?: string }): boolean {
    return kind === "contact" && recordId !== undefined && this.#contacts.has(recordId);
  }

  /** Says which contacts are the person: they are found once, before anything of them is erased. */
  setContacts(ids: Iterable<string>): void {
    this.#contacts = new Set(ids);
  }

  /** For the statements of a transaction that change rows by their keys. */
  async keepToKeys(within: Executor): Promise<void> {
    await within.run("erasure", KEEP_TO_KEYS, [], undefined);
  }

  /**
   * Visits rows that may be about the person by the keys that they have, a bounded number at a time.
   *
   * @param ids - What {@link Candidates} takes rows by, beside what they say.
   */
  async visit(
    { store, first, next, key }: Candidates,
    ids: readonly string[],
    visit: (keys: readonly Row[]) => Promise<number>,
  ): Promise<number> {
    const { tenant, executor } = this.context;
    const values: readonly unknown[] = [tenant, this.#patterns, ids];
    let visited = 0;
    let rows = await executor.run(store, first, values, this.call);
    for (;;) {
      for (const chunk of toChunks(rows.filter(({ chars }) => chars !== null))) visited += await visit(chunk);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE_ROWS) return visited;
      const after = key.map((column) => text(last, column));
      rows = await executor.run(store, next, [...values, ...after], this.call);
    }
  }
}

/** Rows in lists of which each says so much that it can be held in memory. */
export function* toChunks(rows: readonly Row[]): Generator<readonly Row[]> {
  let chunk: Row[] = [];
  let chars = 0;
  for (const row of rows) {
    chars += number(row, "chars");
    if (chunk.length > 0 && chars > CHUNK_CHARS) {
      yield chunk;
      chunk = [];
      chars = number(row, "chars");
    }
    chunk.push(row);
  }
  if (chunk.length > 0) yield chunk;
}

/** How rows of one table are found. */
export interface Candidates {
  readonly store: string;
  /** The columns that are unique together in a tenant. */
  readonly key: readonly string[];
  /** $1: tenant, $2: patterns, $3: ids. Gives the keys of rows, and as `chars` how much those say that it found. */
  readonly first: Statement;
  /** From $4 on: the key of the last row. */
  readonly next: Statement;
}

/** Where rows may mention a person. */
export interface TellingTable {
  readonly store: string;
  /** With its schema. */
  readonly table: string;
  readonly key: readonly KeyColumn[];
  /** SQL of what they say. */
  readonly says: readonly string[];
  /** SQL of ids: rows of some of these are found whatever they say. */
  readonly idColumns?: readonly string[] | undefined;
}

/**
 * SQL that finds too much, if anything: whether a row is about the person is for the rule to decide. The planner is told how few
 * rows are wanted: for a number that it doesn't know, it might sort all of a table for each page.
 */
export function createCandidates({ store, table, key, says, idColumns = [] }: TellingTable): Candidates {
  const columns = key.map(({ name }) => name).join(", ");
  const isSaid = `${said(says)} like any($2::text[])`;
  const isFound =
    idColumns.length === 0
      ? `cardinality($3::text[]) >= 0 and ${isSaid}`
      : [...idColumns.map((column) => `${column} = any($3::text[])`), isSaid].join(" or ");
  const after = key.map(({ type }, index) => `$${index + 4}::${type}`).join(", ");
  const select = (from: string) =>
    reading(`select ${columns}, case when ${isFound} then ${sizeOf(says)} end as chars
      from (select * from ${table} where tenant = $1${from} order by ${columns} limit ${PAGE_ROWS}) page order by ${columns}`);
  return {
    ...{ store, key: key.map(({ name }) => name) },
    first: select(""),
    next: select(` and (${columns}) > (${after})`),
  };
}

function sizeOf(says: readonly string[]): string {
  return says.map((column) => `coalesce(octet_length(${column}::text), 0)`).join(" + ");
}
