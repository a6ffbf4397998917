import { type Clock, systemClock } from "@salesagent/ports";
import { type CrmEndpoint, createCrmEndpoint } from "../shared/crm-endpoint.js";
import type { CrmFaultPlan } from "../shared/crm-fault.js";
import { jsonAnswer } from "../shared/json-answer.js";
import { createRouter } from "../shared/routes.js";
import type { WebhookDelivery } from "../shared/webhook-sender.js";
import { CloseRateLimits, type CloseRates, callerOf, rateHeader, tooMany } from "./close-access.js";
import { activityEndpoints } from "./close-activity-endpoints.js";
import { type CloseEndpoint, type CloseOutcome, groupOf, runEndpoint } from "./close-call.js";
import type { CloseActor, CloseDoc, CloseType } from "./close-doc.js";
import type { CloseEvent } from "./close-events.js";
import { CloseOAuth, type CloseOAuthApp } from "./close-oauth.js";
import { CloseObjects } from "./close-objects.js";
import { organizationEndpoints } from "./close-organization-endpoints.js";
import { recordEndpoints } from "./close-record-endpoints.js";
import { CloseSearch } from "./close-search.js";
import { type CloseCustomField, CloseSettings } from "./close-settings.js";
import { type CloseWebhookOptions, CloseWebhooks } from "./close-webhooks.js";
import { CloseWorld } from "./close-world.js";

/** How a Close sandbox is set up. */
export interface CloseSandboxOptions {
  /** @defaultValue systemClock */
  readonly clock?: Clock;
  /** Equal seeds give equal ids. @defaultValue 1 */
  readonly seed?: string | number;
  readonly faults?: readonly CrmFaultPlan[];
  /** Keys that are accepted. @defaultValue ["api_sandbox"] */
  readonly apiKeys?: readonly string[];
  readonly oauth?: CloseOAuthApp;
  readonly rates?: CloseRates;
  /** The longest that search is behind, in milliseconds; each write takes between half of it and all. @defaultValue 10_000 */
  readonly indexLagMs?: number;
  /** Within which edits of one object are one event, and before which webhooks wait. @defaultValue 60_000 */
  readonly consolidationMs?: number;
  /** How many stamps in a row are equal while the clock stands still. @defaultValue 1 */
  readonly equalStamps?: number;
  /** The farthest `_skip` of a list. @defaultValue 250_000 */
  readonly maxSkip?: number;
  readonly customFields?: readonly CloseCustomField[];
  readonly webhooks?: CloseWebhookOptions;
}

/** A write that the API took in, whatever became of it. */
export interface CloseWrite {
  readonly method: string;
  /** Without `/api/v1`. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Close on the loopback interface or behind a `fetch`, with its quirks, and the hands of its users. */
export interface CloseSandbox extends CrmEndpoint {
  /** What users of Close do: no rate, no fault, no log. Throws for what Close refuses. */
  act(
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    body?: object,
  ): Promise<Record<string, unknown>>;
  /** What is stamped in `work` gets one and the same stamp. */
  atOneInstant(work: () => Promise<void>): Promise<void>;
  /** Objects that stand, as they are stored. */
  standing(type: CloseType): readonly CloseDoc[];
  find(type: CloseType, id: string): CloseDoc | undefined;
  /** The whole event log, oldest first. */
  events(): readonly CloseEvent[];
  /** Writes by the API, oldest first. */
  readonly writes: readonly CloseWrite[];
  /** Ids of e-mail activities that Close would have sent. */
  readonly sentMail: readonly string[];
  /** Calls that came though there was no room. */
  rateBreaches(): number;
  readonly settings: CloseSettings;
  readonly oauth: CloseOAuth;
  readonly organizationId: string;
  readonly userId: string;
  readonly webhooks: {
    /** Sends what is due to its subscribers. */
    deliver(): Promise<readonly WebhookDelivery[]>;
  };
  /** Sets how far search is behind, in milliseconds. */
  setIndexLag(lagMs: number): void;
}

const API = "/api/v1";

/** Makes a Close of one organisation. */
export function closeSandbox(options: CloseSandboxOptions = {}): CloseSandbox {
  const { clock = systemClock, faults } = options;
  const server = new CloseServer(options, clock);
  const endpoint = createCrmEndpoint({
    clock,
    handler: (request) => server.handle(request),
    rateLimited: (_request, seconds) => tooMany(undefined, seconds),
    ...(faults === undefined ? {} : { faults }),
  });
  return {
    ...endpoint,
    act: (method, path, body) => server.act(method, path, body),
    atOneInstant: (work) => server.atOneInstant(work),
    standing: (type) => server.world.all(type),
    find: (type, id) => server.world.find(type, id),
    events: () => server.world.log.events,
    writes: server.writes,
    sentMail: server.sentMail,
    rateBreaches: () => server.rates.breaches,
    settings: server.settings,
    oauth: server.oauth,
    organizationId: server.world.organizationId,
    userId: server.world.userId,
    webhooks: { deliver: () => server.webhooks.deliver() },
    setIndexLag: (lagMs) => {
      server.world.index.lagMs = lagMs;
    },
  };
}

class CloseServer {
  readonly world: CloseWorld;
  readonly settings: CloseSettings;
  readonly webhooks: CloseWebhooks;
  readonly oauth: CloseOAuth;
  readonly rates: CloseRateLimits;
  readonly writes: CloseWrite[] = [];
  readonly sentMail: string[] = [];
  readonly #endpoints: readonly CloseEndpoint[];
  readonly #route: ReturnType<typeof createRouter>;
  readonly #apiKeys: readonly string[];

  constructor(options: CloseSandboxOptions, clock: Clock) {
    const { consolidationMs = 60_000, maxSkip = 250_000 } = options;
    this.world = new CloseWorld({
      clock,
      seed: options.seed ?? 1,
      equalStamps: options.equalStamps ?? 1,
      indexLagMs: options.indexLagMs ?? 10_000,
      consolidationMs,
      onEvent: (event) => this.webhooks.tell(event),
    });
    this.settings = new CloseSettings(this.world.ids, this.world.time, options.customFields ?? []);
    this.webhooks = new CloseWebhooks(this.world, consolidationMs, options.webhooks ?? {});
    this.rates = new CloseRateLimits(options.rates ?? {}, clock);
    const app = options.oauth ?? { clientId: "oa2client_sandbox", clientSecret: "sandbox_secret" };
    const owner = { organization_id: this.world.organizationId, user_id: this.world.userId };
    this.oauth = new CloseOAuth(app, this.world.time, this.world.ids, owner);
    this.#apiKeys = options.apiKeys ?? ["api_sandbox"];
    this.#endpoints = this.#allEndpoints({ maxLimit: 200, maxSkip });
    this.#route = createRouter(
      this.#endpoints.map(({ method, path }) => ({ method, path: API + path, answer: () => new Response() })),
    );
  }

  #allEndpoints(caps: { maxLimit: number; maxSkip: number }): CloseEndpoint[] {
    const { world, settings, webhooks } = this;
    const objects = new CloseObjects(world, settings);
    const search = new CloseSearch({
      index: world.index,
      world: world.time,
      ids: world.ids,
      related: (doc, type, relatedType) => relatedOf(world, doc, type, relatedType),
      render: (type, doc) => (type === "lead" ? objects.renderLead(doc) : objects.renderContact(doc)),
    });
    return [
      ...recordEndpoints(world, objects, caps),
      ...activityEndpoints(world, caps, (id) => this.sentMail.push(id)),
      ...organizationEndpoints(world, settings, webhooks, caps),
      { method: "POST", path: "/data/search/", answer: ({ body }) => search.answer(body) },
    ];
  }

  async handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (!url.pathname.endsWith("/")) {
      return new Response(null, { status: 301, headers: { location: `${url.pathname}/${url.search}` } });
    }
    if (request.method === "POST" && url.pathname === "/oauth2/token/") {
      const { status, body } = this.oauth.exchange(new URLSearchParams(await request.text()));
      return this.#answer(body, status, {});
    }
    const caller = callerOf(request, this.#apiKeys, this.oauth);
    if (caller === undefined) return this.#answer({ error: "Invalid API key." }, 401, {});
    const found = this.#find(request);
    if (found === undefined) return this.#answer({ error: "Not found." }, 404, {});
    if (found === "other-method") return this.#answer({ error: "Method not allowed." }, 405, {});
    const verdict = this.rates.take(groupOf(found.endpoint), caller.id);
    if (!verdict.allowed) return tooMany(verdict, verdict.retryAfterMs / 1000);
    await this.#noteWrite(request, url);
    const { status, body } = await this.#run(found, request, url, caller.apiKeyId);
    return this.#answer(body, status, rateHeader(verdict));
  }

  async act(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const request = new Request(`http://close.invalid${API}${path}`, init);
    const found = this.#find(request);
    if (found === undefined || found === "other-method")
      throw new TypeError(`Close has no ${method} ${path}`);
    const outcome = await this.#run(found, request, new URL(request.url), null);
    if (outcome.status >= 400) {
      throw new TypeError(`Close refuses ${method} ${path}: ${JSON.stringify(outcome.body)}`);
    }
    return outcome.body as Record<string, unknown>;
  }

  atOneInstant(work: () => Promise<void>): Promise<void> {
    const release = this.world.time.freeze();
    return work().finally(release);
  }

  #find(request: Request) {
    const match = this.#route(request);
    if (match.type === "other-method") return "other-method";
    if (match.type === "none") return undefined;
    const { route, call } = match;
    const endpoint = this.#endpoints.find(
      ({ method, path }) => method === route.method && API + path === route.path,
    );
    return endpoint === undefined ? undefined : { endpoint, call };
  }

  #run(
    { endpoint, call }: { endpoint: CloseEndpoint; call: Parameters<typeof runEndpoint>[1] },
    request: Request,
    url: URL,
    apiKeyId: string | null,
  ): Promise<CloseOutcome> {
    const actor: CloseActor = {
      userId: this.world.userId,
      apiKeyId,
      requestId: `req_${this.world.ids.text(22)}`,
      method: request.method,
      path: url.pathname.slice(API.length),
    };
    return runEndpoint(endpoint, call, actor);
  }

  async #noteWrite(request: Request, url: URL): Promise<void> {
    const path = url.pathname.slice(API.length);
    if (request.method === "GET" || path === "/data/search/") return;
    const text = await request.clone().text();
    this.writes.push({ method: request.method, path, body: text === "" ? {} : JSON.parse(text) });
  }

  #answer(body: unknown, status: number, headers: Record<string, string>): Response {
    const date = new Date(this.world.time.nowMs()).toUTCString();
    return jsonAnswer(body, status, { date, ...headers });
  }
}

function relatedOf(
  world: CloseWorld,
  doc: Readonly<Record<string, unknown>>,
  type: string,
  relatedType: string,
): readonly Readonly<Record<string, unknown>>[] {
  const list = (field: string) => (doc[field] ?? []) as readonly Readonly<Record<string, unknown>>[];
  if (type === "contact" && relatedType === "contact_email") return list("emails");
  if (type === "contact" && relatedType === "contact_phone") return list("phones");
  if (type === "contact" && relatedType === "contact_url") return list("urls");
  if (type === "contact" && relatedType === "lead") {
    const lead = world.index.get("lead", String(doc["lead_id"]));
    return lead === undefined ? [] : [lead];
  }
  if (type === "lead" && relatedType === "contact") return world.childrenOf(String(doc["id"]), "contact");
  if (type === "lead" && relatedType === "address") return list("addresses");
  return [];
}
