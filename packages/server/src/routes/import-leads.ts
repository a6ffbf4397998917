import { type ImportEvent, importLeads, type ReadLeadsOptions } from "@salesagent/intake";
import { SalesAgentError } from "@salesagent/ports";
import { bodySource } from "../body-source.js";
import { invalidRequest } from "../request-errors.js";
import type { RouteContext } from "../route.js";
import { type Telling, type ToldProgress, toldImport, wantsEvents } from "./told-import.js";

type Context = RouteContext<unknown, unknown, AsyncIterable<Uint8Array>>;

/** How many rejected rows and warnings an answer names. */
const MOST_NAMED = 1_000;

type ImportWishes = Pick<ReadLeadsOptions, "mapping" | "delimiter" | "defaultCountry"> & {
  readonly name: string;
};

/**
 * Reads a file of leads from a request's body as it comes, and answers at its end, or tells it while it goes on, as whoever asks accepts
 * it. What was stored before a failure stays, and is a duplicate the next time.
 *
 * @throws `intake.*`, `request.*`, `access.limited`.
 */
export function importBody(context: Context, wishes: ImportWishes): Promise<unknown> {
  if (!wantsEvents(context.request)) return runImport(context, wishes);
  return toldImport(context, (means) => runImport({ ...context, ...means }, wishes));
}

async function runImport(
  { principal, server, stores, body, signal, onProgress }: Context & Partial<Telling>,
  { name, ...options }: ImportWishes,
) {
  const close = server.connections.open(principal);
  const source = bodySource(name, body);
  try {
    const run = startImport(() =>
      importLeads({ ...options, source, storage: stores, clock: server.clock, signal }),
    );
    const told = new Told();
    for await (const event of run) {
      told.add(event);
      const progress = progressOf(event);
      if (progress) onProgress?.(progress);
    }
    const { importId, source: origin, rows, imported, duplicates, rejected } = await run.result();
    return { importId, source: origin, rows, imported, duplicates, rejected, ...told.answer };
  } finally {
    close();
    await source[Symbol.asyncDispose]();
  }
}

function progressOf(event: ImportEvent): ToldProgress | undefined {
  if (event.type === "import-started") return { bytes: 0, rows: 0, imported: 0, duplicates: 0, rejected: 0 };
  if (event.type !== "batch-stored") return undefined;
  const { bytesRead: bytes, rows, imported, duplicates, rejected } = event.progress;
  return { bytes, rows, imported, duplicates, rejected };
}

/** Options come from the query: what is wrong with one is the caller's. */
function startImport<Run>(start: () => Run): Run {
  try {
    return start();
  } catch (error) {
    if (SalesAgentError.is(error) || !(error instanceof Error)) throw error;
    const [option = "query"] = error.message.split(" ");
    throw invalidRequest([{ path: `query.${option}`, message: error.message.slice(option.length + 1) }]);
  }
}

/** What an answer tells besides the counts. */
class Told {
  readonly #rejectedRows: { readonly row: number; readonly reason: string }[] = [];
  readonly #warnings: { readonly message: string; readonly row?: number }[] = [];
  #mapping: readonly { readonly column: string; readonly target: string }[] = [];

  add(event: ImportEvent): void {
    if (event.type === "import-started") this.#mapping = event.mapping;
    if (event.type === "import-warning" && this.#warnings.length < MOST_NAMED) {
      const { message, row } = event;
      this.#warnings.push({ message, ...(row !== undefined && { row }) });
    }
    if (event.type !== "batch-stored") return;
    for (const row of event.rows) {
      if (row.status !== "rejected" || this.#rejectedRows.length === MOST_NAMED) continue;
      this.#rejectedRows.push({ row: row.row, reason: row.reason });
    }
  }

  get answer() {
    return { rejectedRows: this.#rejectedRows, mapping: this.#mapping, warnings: this.#warnings };
  }
}
