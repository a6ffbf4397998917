import { type Clock, systemClock } from "@salesagent/ports";
import {
  type CrmEndpoint,
  type CrmFaultPlan,
  createCrmEndpoint,
  createRouter,
  createSeededIds,
  jsonAnswer,
  type RouteMatch,
  type SeededIds,
  type WebhookDelivery,
  type WebhookMessage,
  WebhookSender,
} from "../shared/index.js";
import { associationRoutes } from "./association-routes.js";
import { batchRoutes } from "./batch-routes.js";
import { HubspotGrants } from "./grants.js";
import { HubspotWorld } from "./hubspot-world.js";
import { HubspotJournal } from "./journal.js";
import { OBJECT_PREFIXES, objectRoutes, propertyRoutes } from "./object-routes.js";
import { type HubspotRates, RateGate, rateRefusal } from "./rate-gate.js";
import { HubspotRefusal, refusalAnswer } from "./refusal.js";
import { eventsOf, type HubspotEvent, signatureHeaders } from "./webhook-events.js";
import { type HubspotWorldView, worldView } from "./world-view.js";
import { WriteLog } from "./write-log.js";

/** How the sandbox is made. */
export interface HubspotSandboxOptions {
  /** @defaultValue systemClock */
  readonly clock?: Clock;
  /** Ids and all that is left to chance follow from it. @defaultValue "hubspot" */
  readonly seed?: string | number;
  readonly faults?: readonly CrmFaultPlan[];
  /** Tokens that are good for ever. @defaultValue all that begin with `pat-` */
  readonly acceptsToken?: (token: string) => boolean;
  /** `false` counts nothing. @defaultValue the limits of a Professional account */
  readonly rates?: HubspotRates | false;
  /** The most that searches lag behind, in milliseconds. @defaultValue 10_000 */
  readonly searchLagMs?: number;
  /** After how long HubSpot moves a record's stamp once more; `false` never. @defaultValue [15_000, 20_000] */
  readonly selfBumpMs?: readonly [number, number] | false;
  /** Share of the lists of merged ids that miss one. @defaultValue 0.25 */
  readonly mergeGapShare?: number;
  /** Whether the rows of a create whose inputs have trace ids fail by themselves, and not the whole batch. @defaultValue true */
  readonly rowErrors?: boolean;
  /** Types of objects that the token has no scope for. @defaultValue none */
  readonly withoutScope?: readonly string[];
  readonly webhooks?: HubspotWebhookOptions;
  /** Of the app. @defaultValue "sandbox-client" and "sandbox-client-secret" */
  readonly client?: { readonly id: string; readonly secret: string };
  /** @defaultValue 62515 */
  readonly portalId?: number;
}

/** Where and how events are sent. */
export interface HubspotWebhookOptions {
  readonly url: string;
  /** @defaultValue globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch;
  /** Share of deliveries that come twice. @defaultValue 0 */
  readonly repeatShare?: number;
  /** @defaultValue false */
  readonly disordered?: boolean;
}

/** HubSpot, with its quirks, on this machine. */
export interface HubspotSandbox extends CrmEndpoint {
  readonly world: HubspotWorldView;
  readonly grants: HubspotGrants;
  /** Calls that came though there was no room for them. */
  readonly rateBreaches: number;
  /** Sends the events that wait, up to a hundred in a request. */
  deliverWebhooks(): Promise<readonly WebhookDelivery[]>;
  /** A request as HubSpot would send it: body and headers. */
  signedWebhook(
    events: readonly HubspotEvent[],
    message: { readonly url: string; readonly atMs?: number; readonly secret?: string },
  ): Promise<{ readonly body: string; readonly headers: Readonly<Record<string, string>> }>;
}

/** An address may be so long. */
const MAX_URL_CHARS = 16_000;
const EVENTS_A_REQUEST = 100;

/** Makes a HubSpot account in memory, with the API over it. */
export function hubspotSandbox(options: HubspotSandboxOptions = {}): HubspotSandbox {
  const {
    clock = systemClock,
    seed = "hubspot",
    searchLagMs = 10_000,
    selfBumpMs = [15_000, 20_000],
  } = options;
  const { portalId = 62_515, client = { id: "sandbox-client", secret: "sandbox-client-secret" } } = options;
  const ids = createSeededIds(seed);
  const world = new HubspotWorld(clock, ids, {
    searchLagMs,
    selfBumpMs: selfBumpMs || undefined,
    mergeGapShare: options.mergeGapShare ?? 0.25,
  });
  const log = new WriteLog();
  const grants = new HubspotGrants(clock, ids, client);
  const journal = new HubspotJournal(ids, () => clock.now(), portalId);
  const events: HubspotEvent[] = [];
  world.onChange((change) => {
    journal.add(change);
    if (options.webhooks !== undefined) events.push(...eventsOf(change, { portalId, appId: 54_321 }, ids));
  });
  const gate = options.rates === false ? undefined : new RateGate(options.rates ?? {}, clock);
  const find = createRouter([
    ...OBJECT_PREFIXES.flatMap((prefix) => [
      ...objectRoutes(prefix, world, log),
      ...batchRoutes(prefix, world, log, options.rowErrors ?? true),
    ]),
    ...associationRoutes(world),
    ...propertyRoutes(world),
    ...grants.routes(),
    ...journal.routes(),
  ]);
  const isGood = options.acceptsToken ?? ((token: string) => token.startsWith("pat-"));
  const handler = async (request: Request): Promise<Response> => {
    world.settle();
    const answer = await answerTo(request, find(request), { grants, gate, isGood, ids, options });
    answer.headers.set("date", new Date(clock.now()).toUTCString());
    return answer;
  };
  const sender = new WebhookSender({
    ...options.webhooks,
    clock,
    random: () => ids.random(),
    sign: (message) => signatureHeaders(client.secret, message),
  });
  const endpoint = createCrmEndpoint({
    handler,
    clock,
    ...(options.faults === undefined ? {} : { faults: options.faults }),
    rateLimited: (request, seconds) =>
      rateRefusal(new URL(request.url).pathname.endsWith("/search") ? "search" : "ten-secondly", seconds),
  });
  return {
    ...endpoint,
    world: worldView(world, log),
    grants,
    get rateBreaches() {
      return gate?.breaches ?? 0;
    },
    async deliverWebhooks() {
      const url = options.webhooks?.url ?? "";
      while (events.length > 0) sender.add("app", url, JSON.stringify(events.splice(0, EVENTS_A_REQUEST)));
      return sender.deliver();
    },
    async signedWebhook(told, { url, atMs = clock.now(), secret = client.secret }) {
      const body = JSON.stringify(told);
      const message: WebhookMessage = { method: "POST", url, body, atMs, attempt: 1, queue: "app" };
      return {
        body,
        headers: { "content-type": "application/json", ...(await signatureHeaders(secret, message)) },
      };
    },
  };
}

interface Gatekeeping {
  readonly grants: HubspotGrants;
  readonly gate: RateGate | undefined;
  readonly isGood: (token: string) => boolean;
  readonly ids: SeededIds;
  readonly options: HubspotSandboxOptions;
}

async function answerTo(request: Request, match: RouteMatch, keep: Gatekeeping): Promise<Response> {
  const group = match.type === "route" ? match.route.group : "general";
  let headers: Record<string, string> = {};
  try {
    if (request.url.length > MAX_URL_CHARS) return new Response("URI too long", { status: 414 });
    if (group !== "token" && group !== "file") {
      const token = tokenOf(request, keep);
      const rate = keep.gate?.take(token, group === "search", keep.grants.stateOf(token) === "good");
      headers = rate?.headers ?? {};
      if (rate?.refused !== undefined) return withHeaders(rate.refused, headers);
    }
    if (match.type !== "route") return withHeaders(unrouted(match.type), headers);
    checkScope(match.call.params["type"], keep.options.withoutScope);
    return withHeaders(await match.route.answer(match.call), headers);
  } catch (error) {
    if (!(error instanceof HubspotRefusal)) throw error;
    return withHeaders(refusalAnswer(error, keep.ids.text(20)), headers);
  }
}

const unrouted = (type: "none" | "other-method") =>
  jsonAnswer({ status: "error", message: "No such resource" }, type === "none" ? 404 : 405);

function tokenOf(request: Request, { grants, isGood }: Gatekeeping): string {
  const authorization = request.headers.get("authorization") ?? "";
  const token = /^Bearer ([\w.~+/=-]+)$/i.exec(authorization)?.[1];
  if (authorization !== "" && token === undefined) {
    throw new HubspotRefusal(530, { category: "INTERNAL_ERROR", message: "error code: 1016" });
  }
  const state = token === undefined ? "unknown" : grants.stateOf(token);
  if (token !== undefined && (state === "good" || isGood(token))) return token;
  throw state === "expired"
    ? new HubspotRefusal(401, {
        category: "EXPIRED_AUTHENTICATION",
        message: "The OAuth token used to make this call expired.",
      })
    : new HubspotRefusal(401, {
        category: "INVALID_AUTHENTICATION",
        message: "Authentication credentials not found.",
      });
}

function checkScope(type: string | undefined, without: readonly string[] = []): void {
  if (type === undefined || !without.includes(type)) return;
  throw new HubspotRefusal(403, {
    category: "MISSING_SCOPES",
    message: "This app hasn't been granted all required scopes to make this call.",
    errors: [
      {
        message: "One or more scopes are required.",
        context: { requiredGranularScopes: [`crm.objects.${type}.read`] },
      },
    ],
  });
}

function withHeaders(response: Response, headers: Readonly<Record<string, string>>): Response {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
