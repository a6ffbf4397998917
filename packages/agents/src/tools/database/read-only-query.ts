import { type JsonObject, onAbort, SalesAgentError, untilAborted } from "@salesagent/ports";
import type { QueryClient, QueryPool } from "../../ports/query-pool.js";
import { parseRow } from "./parse-row.js";

/** What a query is held to. */
export interface QueryLimits {
  readonly maxRows: number;
  /** Of all rows as JSON, in characters. */
  readonly maxChars: number;
  readonly statementTimeoutMs: number;
  readonly role: string | undefined;
}

/** One statement with its values. */
export interface ReadOnlyQuery {
  /** Checked: one statement that reads. */
  readonly sql: string;
  readonly values: readonly (string | number | boolean | null)[];
  /** Settings for this transaction, such as a tenant that row-level security asks for. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Rows as plain data. */
export interface QueryRows {
  readonly rows: readonly JsonObject[];
  /** True when there were more rows, or longer ones, than are here. */
  readonly truncated: boolean;
}

/**
 * Runs a statement in a transaction that only reads, with its limits in force, and takes everything back. The server itself
 * cuts rows, so that no value is larger than allowed when it comes.
 *
 * @throws What the database throws, the signal's own reason.
 */
export async function readOnlyQuery(
  pool: QueryPool,
  query: ReadOnlyQuery,
  limits: QueryLimits,
  signal: AbortSignal,
): Promise<QueryRows> {
  const client = await connect(pool, signal);
  let released = false;
  const release = (destroy: boolean) => {
    if (!released) client.release(destroy);
    released = true;
  };
  // the connection is closed, not waited for; the statement's own time limit ends what still runs
  const forget = onAbort(signal, () => release(true));
  try {
    const rows = await untilAborted(inTransaction(client, query, limits), signal);
    release(false);
    return rows;
  } finally {
    forget();
    release(true);
  }
}

/** A connection that comes too late is given back. */
async function connect(pool: QueryPool, signal: AbortSignal): Promise<QueryClient> {
  signal.throwIfAborted();
  const connecting = pool.connect();
  try {
    return await untilAborted(connecting, signal);
  } catch (error) {
    if (signal.aborted) connecting.then((client) => client.release()).catch(() => {}); // nobody waits for it any more
    throw error;
  }
}

async function inTransaction(
  client: QueryClient,
  { sql, values, settings }: ReadOnlyQuery,
  { maxRows, maxChars, statementTimeoutMs, role }: QueryLimits,
): Promise<QueryRows> {
  await client.query({ text: "begin read only" });
  const timeout = `${Math.ceil(statementTimeoutMs)}ms`;
  const wanted: (readonly [string, string])[] = [
    ["standard_conforming_strings", "on"],
    ["statement_timeout", timeout],
    ["lock_timeout", timeout],
    ...Object.entries(settings),
    ...(role === undefined ? [] : [["role", role] as const]),
  ];
  for (const [name, value] of wanted) {
    await client.query({ text: "select set_config($1, $2, true)", values: [name, value] });
  }
  const answer = await client.query({
    text: `select left(to_json(answer)::text, ${maxChars + 1}) as row from (\n${sql}\n) as answer limit ${maxRows + 1}`,
    values: [...values],
    queryMode: "extended",
  });
  await client.query({ text: "rollback" });
  return withinLimits(answer.rows, maxRows, maxChars);
}

function withinLimits(
  answers: readonly Record<string, unknown>[],
  maxRows: number,
  maxChars: number,
): QueryRows {
  const rows: JsonObject[] = [];
  let chars = 0;
  for (const { row } of answers) {
    const text = String(row);
    chars += text.length;
    if (rows.length === maxRows || chars > maxChars)
      return { rows: atLeastOne(rows, maxChars), truncated: true };
    rows.push(parseRow(text));
  }
  return { rows, truncated: false };
}

/** No row at all would look as if there were none. */
function atLeastOne(rows: readonly JsonObject[], maxChars: number): readonly JsonObject[] {
  if (rows.length > 0) return rows;
  throw new SalesAgentError("service.refused", {
    message: `A single row is longer than ${maxChars} characters. Select fewer columns, or cut them with left().`,
    facts: { service: "database" },
    replay: "safe",
  });
}
