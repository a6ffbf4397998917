import { type Clock, systemClock } from "@salesagent/ports";
import {
  type CrmEndpoint,
  type CrmFaultPlan,
  createCrmEndpoint,
  createRouter,
  jsonAnswer,
  type RouteCall,
  readJsonObject,
} from "../shared/index.js";
import { inaccessible, invalidKey } from "./apollo-answers.js";
import type { ApolloRoute } from "./apollo-call.js";
import { type ApolloLimits, ApolloWindows } from "./apollo-windows.js";
import { ApolloWorld } from "./apollo-world.js";
import { companyRoutes } from "./company-routes.js";
import { contactRoutes } from "./contact-routes.js";
import { peopleRoutes } from "./people-routes.js";
import { teamRoutes } from "./team-routes.js";
import { Waterfalls } from "./waterfalls.js";

/** How an Apollo is set up. */
export interface ApolloSandboxOptions {
  /** @defaultValue systemClock */
  readonly clock?: Clock;
  /** @defaultValue "apollo" */
  readonly seed?: string | number;
  /** Keys that are taken, each with the endpoints it is for, such as `api/v1/contacts/search`; `*` for all. @defaultValue every key, all */
  readonly keys?: Readonly<Record<string, readonly string[]>>;
  /** By group; what is absent is not limited. @defaultValue those of a paid plan */
  readonly limits?: {
    readonly general?: ApolloLimits;
    readonly enrichment?: ApolloLimits;
    readonly contactSearch?: ApolloLimits;
  };
  /** How long a write is missing from searches, in milliseconds. @defaultValue 0 */
  readonly searchLagMs?: number;
  /** Until the result of a waterfall is there, in milliseconds. @defaultValue 60_000 */
  readonly waterfallMs?: number;
  /** Whether a 429 is JSON inside a JSON text, as it is now and then. @defaultValue false */
  readonly doubleEncoded?: boolean;
  readonly faults?: readonly CrmFaultPlan[];
}

/** An Apollo in memory. */
export interface ApolloSandbox extends CrmEndpoint {
  readonly world: ApolloWorld;
  /** Calls that came though a limit had no room. */
  readonly breaches: number;
}

/**
 * An Apollo that speaks its wire format: enrichment with credits, contacts that searches page by their last change, and limits
 * by endpoint.
 *
 * @example
 * ```ts
 * const sandbox = apolloSandbox();
 * sandbox.world.addContact({ first_name: "Ada", email: "ada@x.test" });
 * apollo({ apiKey: "any" }, { fetch: sandbox.fetch });
 * ```
 */
export function apolloSandbox(options: ApolloSandboxOptions = {}): ApolloSandbox {
  const { clock = systemClock, seed = "apollo", searchLagMs = 0, waterfallMs = 60_000 } = options;
  const world = new ApolloWorld({ clock, seed, searchLagMs });
  const { database, ids } = world;
  const waterfalls = new Waterfalls({ database, clock, ids, takesMs: waterfallMs });
  const windows = windowsOf(options, clock);
  const usage = new Map<string, unknown>();
  const routes: readonly ApolloRoute[] = [
    ...peopleRoutes(waterfalls),
    ...contactRoutes(),
    ...companyRoutes(),
    ...teamRoutes(() => Object.fromEntries(usage)),
  ];
  const answer = (route: ApolloRoute) => async (call: RouteCall) => {
    const refused = keyRefusal(call.request, options.keys, route.name);
    if (refused !== undefined) return refused;
    const limits = windows[route.limits ?? "general"];
    const verdict = limits.take(route.name);
    usage.set(usageKey(route.name), limits.usageOf(verdict));
    const headers = limits.headersOf(verdict);
    if (!verdict.allowed) {
      return tooMany(limits.messageOf(route.name, verdict), headers, options.doubleEncoded);
    }
    const body = (await readJsonObject(call.request)) ?? {};
    const { params, url } = call;
    const response = route.answer({ world, params, query: url.searchParams, body });
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    return response;
  };
  const router = createRouter(
    routes.map((route) => ({ method: route.method, path: route.path, answer: answer(route) })),
  );
  const endpoint = createCrmEndpoint({
    clock,
    ...(options.faults === undefined ? {} : { faults: options.faults }),
    rateLimited: (request, seconds) =>
      tooMany(
        `The maximum number of api calls allowed for ${new URL(request.url).pathname.slice(1)} is 600 times per hour.`,
        seconds === undefined ? {} : { "retry-after": String(Math.ceil(seconds)) },
        options.doubleEncoded,
      ),
    handler: async (request) => {
      const match = router(request);
      if (match.type === "route") return match.route.answer(match.call);
      return jsonAnswer({ error: "Not found" }, 404);
    },
  });
  return {
    ...endpoint,
    world,
    get breaches() {
      return Object.values(windows).reduce((sum, one) => sum + one.breaches, 0);
    },
  };
}

function windowsOf({ limits = {} }: ApolloSandboxOptions, clock: Clock) {
  const { general, enrichment, contactSearch } = limits;
  return {
    general: new ApolloWindows(general ?? { minute: 200, hour: 400, day: 2_000 }, clock),
    enrichment: new ApolloWindows(enrichment ?? { minute: 1_000 }, clock),
    "contact-search": new ApolloWindows(contactSearch ?? { minute: 200, hour: 6_000, day: 50_000 }, clock),
  };
}

function keyRefusal(
  request: Request,
  keys: ApolloSandboxOptions["keys"],
  endpoint: string,
): Response | undefined {
  const key = request.headers.get("x-api-key") ?? "";
  if (key === "") return invalidKey();
  if (keys === undefined) return undefined;
  const scopes = Object.hasOwn(keys, key) ? keys[key] : undefined;
  if (scopes === undefined) return invalidKey();
  return scopes.includes("*") || scopes.includes(endpoint) ? undefined : inaccessible(endpoint);
}

/** Such as `["api/v1/contacts", "search"]`. */
function usageKey(endpoint: string): string {
  const cut = endpoint.lastIndexOf("/");
  return `["${endpoint.slice(0, cut)}", "${endpoint.slice(cut + 1)}"]`;
}

function tooMany(message: string, headers: Readonly<Record<string, string>>, twice = false): Response {
  const body = JSON.stringify({ message });
  return new Response(twice ? JSON.stringify(body) : body, {
    status: 429,
    headers: { "content-type": "application/json", ...headers },
  });
}
