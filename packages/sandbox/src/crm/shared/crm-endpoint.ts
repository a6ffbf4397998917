import type { Clock } from "@salesagent/ports";
import { type CrmFaultPlan, CrmFaults } from "./crm-fault.js";
import type { CrmHandler } from "./crm-handler.js";
import { handlerFetch } from "./handler-fetch.js";
import { type CrmServer, type ListenOptions, serveHandler } from "./serve-handler.js";
import { withFaults } from "./with-faults.js";

/** A request that came, for those who count. No header is kept. */
export interface LoggedCall {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly bodyText: string;
  /** Absent where the connection was lost. */
  readonly status?: number;
}

/** What every CRM sandbox has. */
export interface CrmEndpoint {
  /** Answers as the CRM does, whatever host is asked; for adapters that take a `fetch`. */
  readonly fetch: typeof globalThis.fetch;
  /** Serves it on the loopback interface. */
  listen(options?: ListenOptions): Promise<CrmServer>;
  /** Plans a fault. */
  fail(plan: CrmFaultPlan): void;
  /** Forgets the faults that have not happened yet. */
  clearFaults(): void;
  /** The last calls, oldest first. */
  readonly calls: readonly LoggedCall[];
  clearCalls(): void;
}

/** What an endpoint is made of. */
export interface EndpointOptions {
  readonly handler: CrmHandler;
  readonly clock: Clock;
  readonly faults?: readonly CrmFaultPlan[];
  /** The CRM's own 429, for faults that limit the rate. */
  readonly rateLimited?: (request: Request, retryAfterSeconds: number | undefined) => Response;
  /** How many calls are kept. @defaultValue 10_000 */
  readonly keepCalls?: number;
}

/** Makes of a handler what hosts and tests use: a `fetch`, a server, faults and the list of calls. */
export function createCrmEndpoint(options: EndpointOptions): CrmEndpoint {
  const { clock, rateLimited, keepCalls = 10_000 } = options;
  const faults = new CrmFaults(options.faults);
  const calls: LoggedCall[] = [];
  const keep = (call: LoggedCall) => {
    calls.push(call);
    if (calls.length > keepCalls) calls.shift();
  };
  const faulty = withFaults(options.handler, {
    faults,
    clock,
    ...(rateLimited === undefined ? {} : { rateLimited }),
  });
  const handler: CrmHandler = async (request) => {
    const { pathname: path, search: query } = new URL(request.url);
    const call = { method: request.method, path, query, bodyText: await request.clone().text() };
    try {
      const response = await faulty(request);
      keep({ ...call, status: response.status });
      return response;
    } catch (error) {
      keep(call);
      throw error;
    }
  };
  return {
    fetch: handlerFetch(handler),
    listen: (listenOptions) => serveHandler(handler, listenOptions),
    fail: (plan) => faults.add(plan),
    clearFaults: () => faults.clear(),
    calls,
    clearCalls: () => void calls.splice(0),
  };
}
