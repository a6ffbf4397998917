import {
  createRateBudget,
  createServiceClient,
  type ServiceAnswer,
  type ServiceClient,
} from "@salesagent/core/http";
import { type Clock, type CrmCallOptions, SalesAgentError } from "@salesagent/ports";
import type { CloseCredential, CloseOptions } from "./close-options.js";
import { isRecord, type JsonRecord, recordsOf } from "./json-record.js";

/** Fields of a query. */
export type ListQuery = Readonly<Record<string, string | number | undefined>>;

/** A page of a list or a search. */
export interface ClosePage {
  readonly rows: readonly JsonRecord[];
  readonly hasMore: boolean;
  /** Where a search or the event log goes on. */
  readonly cursor: string | undefined;
  /** Close's own time when it answered, in milliseconds. */
  readonly serverMs: number;
  readonly total: number | undefined;
}

const BASE_URL = "https://api.close.com/api/v1";

/** Close's API: its paths end with a slash, its objects come whole, and what is missing is told from what is refused. */
export class CloseApi {
  readonly #client: ServiceClient;
  readonly #clock: Clock;

  constructor(credential: CloseCredential, options: CloseOptions, clock: Clock) {
    this.#clock = clock;
    this.#client = createServiceClient({
      service: "close",
      baseUrl: options.baseUrl ?? BASE_URL,
      auth:
        "apiKey" in credential
          ? { type: "basic", username: credential.apiKey }
          : { type: "oauth", tokens: credential.oauth },
      clock,
      limits: options.limits,
      retry: options.retry,
      breaker: options.breaker,
      rateBudget: options.rateBudget ?? createRateBudget({ name: "close", clock }),
      onCall: options.onCall,
      fetch: options.fetch,
      random: options.random,
    });
  }

  /** One object; undefined for a 404. */
  async find(
    path: string,
    query: ListQuery,
    call: CrmCallOptions | undefined,
  ): Promise<JsonRecord | undefined> {
    const answer = await this.#client.get(path, {
      ...callOf(call, "GET", path),
      query,
      passStatuses: [404],
    });
    return answer.status === 404 ? undefined : objectOf(answer, "GET", path);
  }

  async list(path: string, query: ListQuery, call: CrmCallOptions | undefined): Promise<ClosePage> {
    const answer = await this.#client.get(path, { ...callOf(call, "GET", path), query });
    return this.#pageOf(answer, "GET", path);
  }

  async search(body: JsonRecord, call: CrmCallOptions | undefined): Promise<ClosePage> {
    const path = "/data/search/";
    const answer = await this.#client.post(path, {
      ...callOf(call, "POST", path),
      json: body,
      replay: "safe",
    });
    return this.#pageOf(answer, "POST", path);
  }

  /** Makes something: nothing tells Close that a second call means the same, so an outcome that isn't known stays so. */
  async create(path: string, body: JsonRecord, call: CrmCallOptions | undefined): Promise<JsonRecord> {
    const answer = await this.#client.post(path, { ...callOf(call, "POST", path), json: body });
    return objectOf(answer, "POST", path);
  }

  /** Changes what is named; the same change twice is one. Undefined for a 404. */
  async patch(
    path: string,
    body: JsonRecord,
    call: CrmCallOptions | undefined,
  ): Promise<JsonRecord | undefined> {
    const answer = await this.#client.put(path, {
      ...callOf(call, "PUT", path),
      json: body,
      replay: "safe",
      passStatuses: [404],
    });
    return answer.status === 404 ? undefined : objectOf(answer, "PUT", path);
  }

  /** Removes what may be gone already. @returns Whether it was there. */
  async remove(path: string, call: CrmCallOptions | undefined): Promise<boolean> {
    const options = { ...callOf(call, "DELETE", path), replay: "safe" as const, passStatuses: [404] };
    return (await this.#client.delete(path, options)).status !== 404;
  }

  #pageOf(answer: ServiceAnswer, method: string, path: string): ClosePage {
    const page = objectOf(answer, method, path);
    const { data, has_more: hasMore, count } = page;
    if (!Array.isArray(data)) throw malformed(method, path, "has no list of data");
    const cursor = page["cursor"] ?? page["cursor_next"];
    const total = isRecord(count) ? count["total"] : undefined;
    const date = Date.parse(answer.headers.get("date") ?? "");
    return {
      rows: recordsOf(data),
      hasMore: hasMore === true,
      cursor: typeof cursor === "string" ? cursor : undefined,
      serverMs: Number.isNaN(date) ? this.#clock.now() : date,
      total: typeof total === "number" ? total : undefined,
    };
  }
}

/** Close counts calls by method and family of paths, so the rate budget does too. */
function callOf(call: CrmCallOptions | undefined, method: string, path: string) {
  const [first = "", second = ""] = path.split("/").filter((part) => part !== "");
  const group = first === "activity" || first === "data" ? `${first}/${second}` : first;
  return { signal: call?.signal, priority: call?.priority, group: `${method} ${group}` };
}

function objectOf(answer: ServiceAnswer, method: string, path: string): JsonRecord {
  const body = answer.body();
  if (!isRecord(body)) throw malformed(method, path, "is no object");
  return body;
}

function malformed(method: string, path: string, problem: string) {
  const [, family = ""] = path.split("/");
  return new SalesAgentError("service.malformed_response", {
    message: `close: the answer to ${method} /${family}/ ${problem}. Check its base URL.`,
    facts: { service: "close" },
    replay: method === "POST" && family !== "data" ? "unsafe" : "safe",
  });
}
