import type { Clock } from "@salesagent/ports";
import { jsonAnswer, RateWindows, type Route, type RouteCall, readJsonObject } from "../shared/index.js";
import type { LinkedinWorld } from "./linkedin-world.js";

/** How a plan of Browserbase limits its sessions. */
export interface BrowserLimits {
  /** Sessions that run at once. @defaultValue 3 */
  readonly concurrent?: number;
  /** Sessions begun in a minute. @defaultValue 5 */
  readonly perMinute?: number;
}

/** A browser session that was asked for. */
export interface BrowserSessionRecord {
  readonly id: string;
  readonly connectUrl: string;
  status: "RUNNING" | "COMPLETED";
}

/** Browser sessions in the shape of Browserbase's API. */
export class BrowserDesk {
  readonly sessions = new Map<string, BrowserSessionRecord>();
  readonly #world: LinkedinWorld;
  readonly #apiKey: string | undefined;
  readonly #concurrent: number;
  readonly #rate: RateWindows;

  constructor(world: LinkedinWorld, clock: Clock, limits: BrowserLimits, apiKey: string | undefined) {
    this.#world = world;
    this.#apiKey = apiKey;
    this.#concurrent = limits.concurrent ?? 3;
    this.#rate = new RateWindows([{ limit: limits.perMinute ?? 5, windowMs: 60_000 }], clock);
  }

  /** Sessions that run now. */
  get running(): number {
    return [...this.sessions.values()].filter(({ status }) => status === "RUNNING").length;
  }

  routes(): readonly Route[] {
    const guarded =
      (answer: Route["answer"]): Route["answer"] =>
      async (call) => {
        const key = call.request.headers.get("x-bb-api-key") ?? "";
        const isKnown = key !== "" && (this.#apiKey === undefined || key === this.#apiKey);
        return isKnown ? answer(call) : problem(401, "Unauthorized");
      };
    return [
      { method: "POST", path: "/v1/sessions", answer: guarded(() => this.#create()) },
      { method: "GET", path: "/v1/sessions/:id", answer: guarded((call) => this.#told(call)) },
      { method: "POST", path: "/v1/sessions/:id", answer: guarded((call) => this.#release(call)) },
    ];
  }

  #create(): Response {
    if (this.running >= this.#concurrent) return problem(429, "max concurrent sessions limit reached");
    if (!this.#rate.take("sessions").allowed) return problem(429, "session creation rate limit reached");
    const id = this.#world.ids.text(20);
    const session: BrowserSessionRecord = {
      id,
      connectUrl: `wss://connect.browser.test/${id}`,
      status: "RUNNING",
    };
    this.sessions.set(id, session);
    return jsonAnswer({ ...session, expiresAt: "2026-11-01T11:00:00Z", signingKey: "signing" }, 201);
  }

  #told({ params }: RouteCall): Response {
    const session = this.sessions.get(params["id"] ?? "");
    return session === undefined ? problem(404, "Session not found") : jsonAnswer(session);
  }

  async #release({ params, request }: RouteCall): Promise<Response> {
    const session = this.sessions.get(params["id"] ?? "");
    if (session === undefined) return problem(404, "Session not found");
    const body = await readJsonObject(request);
    if (body?.["status"] !== "REQUEST_RELEASE") return problem(400, "status must be REQUEST_RELEASE");
    session.status = "COMPLETED";
    return jsonAnswer(session);
  }
}

const problem = (statusCode: number, message: string) =>
  jsonAnswer({ statusCode, error: message, message }, statusCode);
