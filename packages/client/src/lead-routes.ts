import { type Connection, pathOf } from "./connection.js";
import { type ListOptions, type Page, readPages } from "./pages.js";
import type {
  CallOptions,
  ImportOutcome,
  Lead,
  LeadFilter,
  LeadWithResults,
  QualifyRequest,
  RunResult,
} from "./responses.js";

/** Leads of the tenant. */
export interface LeadRoutes {
  /** Pages of leads; each is asked for when it is read. */
  list(options?: ListOptions & LeadFilter): AsyncGenerator<Page<Lead>, void, void>;
  get(id: string, options?: CallOptions): Promise<LeadWithResults>;
  /** Qualifies a lead, stored or not, and waits for the result. */
  qualify(lead: QualifyRequest, options?: CallOptions): Promise<RunResult>;
  /**
   * Imports a CSV file: a `File` of a form, its text, its bytes, or a stream of them.
   */
  import(csv: CsvSource, options?: ImportOptions): Promise<ImportOutcome>;
}

export type CsvSource = string | Blob | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;

export interface ImportOptions extends CallOptions {
  /** What the leads' source is told as, such as `fair-2026.csv`. */
  readonly name?: string;
}

export function leadRoutes(connection: Connection): LeadRoutes {
  const { get, post, ask } = connection;
  return {
    list: (options = {}) => readPages(connection, "/leads", options),
    get: (id, options) => get(pathOf("leads", id), options),
    qualify: (lead, options) => post("/leads/qualify", options, lead),
    import: (body, { signal } = {}) =>
      ask("POST", "/leads/import", { body, signal, headers: { "content-type": "text/csv" } }),
  };
}
