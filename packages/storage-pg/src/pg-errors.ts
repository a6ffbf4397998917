import { SalesAgentError } from "@salesagent/ports";
import { invalidValue } from "@salesagent/ports/store-rules";

/** What is known where a failure is mapped. */
export interface FailureContext {
  readonly store: string;
  /** A read may be repeated even when its outcome is unknown. */
  readonly reads: boolean;
  readonly scrub: (text: string) => string;
}

/** What to do about a failure, by SQLSTATE or by its class of two characters, or by the code of a socket's error. */
const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there. Check host and port, and that the server runs",
  ENOTFOUND: "no such host. Check the host name",
  EAI_AGAIN: "the host name can't be resolved just now. Check the network",
  ETIMEDOUT: "the server did not answer in time. Check the network and the firewall",
  ECONNRESET: "the connection broke. Try again",
  "28": "the server refused user or password. Check them, and pg_hba.conf",
  "3D000": "the database does not exist. Create it, or correct its name",
  "3F000": "the schema does not exist. Run storage.migrate() first",
  "42P01": "a table is missing. Run storage.migrate() first",
  "42703": "a column is missing. Run storage.migrate() first",
  "42883": "a function is missing. Run storage.migrate() first",
  "42501":
    "the role lacks a privilege. Grant it USAGE on the schema and SELECT, INSERT, UPDATE, DELETE on its tables",
  "53300": "the server has no connection left. Lower maxConnections, or raise the server's max_connections",
  "53": "the server has run out of a resource. Look at its log",
  "57014": "the statement was cancelled, by hand or by statement_timeout",
  "57": "the server is stopping or ended the connection. Try again",
  "40": "it collided with other writes. Try again",
  "08": "the connection broke. Try again",
};

/** Failures after which nothing of the statement stands: the server said so, or was never reached. */
const NEVER_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "pool"]);

/** The code that `pg` or the socket put on an error. */
function vendorCodeOf(error: unknown): string | undefined {
  const code: unknown =
    typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

function isSqlState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && !code.startsWith("E");
}

/** Two writers may take the same at once; the one that lost looks again. */
const UNIQUE_RACES: ReadonlySet<string> = new Set(["lead_keys_pkey", "crm_links_by_crm_id"]);

/** Whether the same statement or transaction may succeed when it is run again: a deadlock, a lost race. */
export function isCollision(error: unknown): boolean {
  const code = vendorCodeOf(error);
  if (code === "40001" || code === "40P01") return true;
  return code === "23505" && UNIQUE_RACES.has(String(constraintOf(error)));
}

function constraintOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "constraint" in error ? error.constraint : undefined;
}

/** Whether the connection is lost with the error, so that it must not go back to the pool. */
export function breaksConnection(error: unknown): boolean {
  const code = vendorCodeOf(error);
  if (code === undefined || !isSqlState(code)) return true;
  return code.startsWith("57P") || code.startsWith("08");
}

/** A failure of `pg` as one of the family, without secrets and without the data of rows. */
export function toStoreError(error: unknown, { store, reads, scrub }: FailureContext): SalesAgentError {
  if (SalesAgentError.is(error)) return error;
  const code = vendorCodeOf(error) ?? (isPoolTimeout(error) ? "pool" : undefined);
  if (code?.startsWith("22") || code?.startsWith("23") || code === "54000") {
    return invalidValue(store, "value", `the database refused it with ${code}`);
  }
  const known = code !== undefined && (isSqlState(code) ? !breaksConnection(error) : NEVER_SENT.has(code));
  return new SalesAgentError("store.unavailable", {
    message: `PostgreSQL failed in ${store}: ${adviceFor(code, error, scrub)}.`,
    facts: { store, ...(code === undefined || code === "pool" ? {} : { vendorCode: code }) },
    replay: reads || known || code?.startsWith("28") ? "safe" : "unsafe",
    cause: toCause(error, code, scrub),
  });
}

function adviceFor(code: string | undefined, error: unknown, scrub: (text: string) => string): string {
  if (code === "pool")
    return "no connection became free in time. Raise maxConnections, or shorten transactions";
  const advice = code === undefined ? undefined : (ADVICE[code] ?? ADVICE[code.slice(0, 2)]);
  if (advice !== undefined) return advice;
  return code === undefined
    ? `the connection failed: ${scrub(messageOf(error))}`
    : `it answered with ${code}`;
}

function isPoolTimeout(error: unknown): boolean {
  return /timeout exceeded when trying to connect/i.test(messageOf(error));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The failure's own words. The rest of it, which may hold rows and connection settings, is left behind. */
function toCause(error: unknown, code: string | undefined, scrub: (text: string) => string): Error {
  const words = scrub(messageOf(error));
  return new Error(code === undefined ? words : `${code}: ${words}`);
}
