import type { Clock } from "@salesagent/ports";
import type { Dialect, Vendor } from "../dialect.js";
import type { Failure } from "../failure.js";
import type { Reply } from "../reply.js";
import type { SandboxRequest } from "../sandbox-request.js";
import { formatOf } from "../wire/formats.js";
import { faultsOf, planBody, planFailure, planReply, type ReplyScene } from "../wire/plan-reply.js";
import type { WirePlan } from "../wire/wire-plan.js";
import { catalogueAnswer } from "./catalogue.js";
import { checkAccess, keyOf } from "./check-access.js";
import { embeddingAnswer } from "./embed.js";
import { type FaultPlans, leavesAnswerWhole } from "./fault-plan.js";
import { type RawRequest, type ReadRequest, readRequest } from "./read-request.js";
import type { Renderings } from "./renderings.js";
import type { LogEntry, RequestLog } from "./request-log.js";
import { type Route, routeOf, vendorOf } from "./route.js";
import type { ScriptPlayer } from "./script.js";
import { validateRequest } from "./validate-request.js";

/** What a responder works with. */
export interface ResponderParts {
  readonly script: ScriptPlayer;
  readonly faults: FaultPlans;
  readonly log: RequestLog;
  readonly clock: Clock;
  readonly validate: boolean;
  readonly acceptsKey: (key: string) => boolean;
  /** Set where renderings are used again. */
  readonly renderings: Renderings | undefined;
}

/** A request in the log, and the response that it gets. */
export interface PlannedResponse {
  readonly entry: LogEntry;
  readonly plan: WirePlan;
}

/** Finds the response to each request. Knows nothing of sockets. */
export class Responder {
  readonly #parts: ResponderParts;
  #count = 0;

  constructor(parts: ResponderParts) {
    this.#parts = parts;
  }

  /** Plans the response. `tooLarge`: the body went over the limit and was not kept. */
  async respond(raw: RawRequest, tooLarge: boolean): Promise<PlannedResponse> {
    const path = new URL(raw.url, "http://sandbox").pathname;
    const vendor = vendorOf(path) ?? "openai";
    const route: Route =
      vendorOf(path) === undefined ? { kind: "unknown" } : routeOf(vendor, raw.method, path);
    const read = readRequest(raw, vendor, route, this.#count);
    this.#count += 1;
    const entry = this.#parts.log.add(read.request, this.#parts.clock.now());
    const plan = await this.#plan(read, route, tooLarge);
    if (plan.beforeHeaders === undefined) entry.status = plan.status;
    return { entry, plan };
  }

  async #plan(read: ReadRequest, route: Route, tooLarge: boolean): Promise<WirePlan> {
    const { request } = read;
    const scene = this.#sceneOf(request);
    const refused = tooLarge ? { reason: "too-large" as const } : this.#refusalOf(read, route);
    if (refused !== undefined) return planFailure(refused, scene);
    const faults = this.#parts.faults.take(request);
    try {
      return await this.#planAnswer(request, route, scene, faults.length > 0 ? { fault: faults } : {});
    } catch (failure) {
      const what = failure instanceof Error ? failure.message : String(failure);
      const problem = `request ${request.index}, ${request.method} ${request.path}: ${what}`;
      this.#parts.script.report(problem);
      return planFailure({ reason: "bad-request", message: `[simulated] sandbox script: ${problem}` }, scene);
    }
  }

  #refusalOf({ request, headers, query, bodyIsJson }: ReadRequest, route: Route): Failure | undefined {
    if (route.kind === "unknown") {
      const message = `Invalid URL (${request.method} ${request.path})`;
      return { reason: "not-found", message, code: "unknown_url" };
    }
    if (!this.#parts.validate) return undefined;
    const key = keyOf(request.vendor, headers, query);
    const refused = checkAccess(request.vendor, key, this.#parts.acceptsKey);
    if (refused !== undefined || request.dialect === undefined) return refused;
    if (!bodyIsJson) {
      return { reason: "bad-request", message: "We could not parse the JSON body of your request." };
    }
    return validateRequest(request, headers);
  }

  async #planAnswer(
    request: SandboxRequest,
    route: Route,
    scene: ReplyScene,
    spoilt: Pick<Reply, "fault">,
  ): Promise<WirePlan> {
    if (route.kind !== "generate" && route.kind !== "embed") {
      const answer = catalogueAnswer(request.vendor, route, request.body);
      if (answer === undefined) return planFailure({ reason: "not-found" }, scene);
      return planBody(JSON.stringify(answer), spoilt, formatOf(scene.dialect), scene);
    }
    const keep = !leavesAnswerWhole(faultsOf(spoilt));
    // a refusal needs no reply, and so may come when the script has none left
    const reply = keep && isRefusal(spoilt) ? {} : await this.#parts.script.reply(request, keep);
    const whole: Reply = spoilt.fault === undefined ? reply : { ...reply, ...spoilt };
    if (route.kind === "generate")
      return this.#parts.renderings?.plan(whole, scene) ?? planReply(whole, scene);
    const answer = JSON.stringify(embeddingAnswer(request, route, whole));
    return planBody(answer, whole, formatOf(scene.dialect), scene);
  }

  #sceneOf(request: SandboxRequest): ReplyScene {
    return {
      dialect: answerDialectOf(request.dialect, request.vendor),
      vendor: request.vendor,
      stream: request.ask.stream,
      body: request.body,
      query: request.query,
      model: request.ask.model,
      seed: `${request.vendor}${request.index}`,
      nowMs: this.#parts.clock.now(),
    };
  }
}

function isRefusal(reply: Reply): boolean {
  return faultsOf(reply).some(({ type }) => ["status", "silence", "html", "json-error"].includes(type));
}

/** The format whose errors and headers a request gets. */
function answerDialectOf(dialect: SandboxRequest["dialect"], vendor: Vendor): Dialect {
  switch (dialect) {
    case "openai-embeddings":
      return "openai-chat";
    case "gemini-embeddings":
      return "gemini";
    case "ollama-embeddings":
      return "ollama";
    case undefined:
      return vendor === "anthropic" || vendor === "gemini" || vendor === "ollama" ? vendor : "openai-chat";
    default:
      return dialect;
  }
}
