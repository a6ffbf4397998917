import { type Connection, pathOf } from "./connection.js";
import { type ListOptions, type Page, readPages } from "./pages.js";
import { readImport } from "./read-import.js";
import type {
  CallOptions,
  FoundLead,
  ImportOutcome,
  ImportProgress,
  LeadFilter,
  LeadGiven,
  LeadWithResults,
  NotQualified,
  Qualified,
} from "./responses.js";

/** Leads of the tenant. */
export interface LeadRoutes {
  /** With their newest scores, page by page; each page is asked for when it is read. */
  list(options?: ListOptions & LeadFilter): AsyncGenerator<Page<FoundLead>, void, void>;
  get(id: string, options?: CallOptions): Promise<LeadWithResults>;
  /** Stores a lead that is new, qualifies it and waits for the result. */
  qualify(lead: LeadGiven, options?: CallOptions): Promise<Qualified>;
  /** As `qualify`, for up to 100: what fails for one is told beside it. */
  qualifyMany(
    leads: readonly LeadGiven[],
    options?: CallOptions,
  ): Promise<{ readonly items: readonly (Qualified | NotQualified)[] }>;
  /** Imports a CSV file and waits until it is stored. Neither this client's time limit nor the server's counts. */
  import(csv: CsvSource, options?: ImportOptions): Promise<ImportOutcome>;
}

/** A `File` of a form, text, bytes, or a stream of them where the platform can send one. */
export type CsvSource = string | Blob | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;

export interface ImportOptions extends CallOptions {
  /** Where the leads come from, such as `fair-2026.csv`. @defaultValue "upload.csv" */
  readonly name?: string;
  /** @defaultValue found out */
  readonly delimiter?: string;
  /** Of phone numbers in national form. */
  readonly defaultCountry?: string;
  /** What becomes of columns, such as `{ Firma: "company.name" }`. @defaultValue as proposed by their names */
  readonly mapping?: Readonly<Record<string, string>>;
  /** Told now and then how far the server is. A browser hears it once the file is sent. */
  readonly onProgress?: (progress: ImportProgress) => void;
}

export function leadRoutes(connection: Connection): LeadRoutes {
  const { get, post, ask } = connection;
  return {
    list: (options = {}) => readPages(connection, "/leads", options),
    get: (id, options) => get(pathOf("leads", id), options),
    qualify: (lead, options) => post("/leads/qualify", options, lead),
    qualifyMany: (leads, options) => post("/leads/qualify", options, { leads }),
    import: (body, { signal, mapping, onProgress, ...rest } = {}) => {
      const query = { ...rest, mapping: mapping && JSON.stringify(mapping) };
      const parts = { body, signal, query, headers: { "content-type": "text/csv" } };
      return onProgress
        ? readImport(connection, "/leads/import", parts, onProgress)
        : ask("POST", "/leads/import", parts);
    },
  };
}
