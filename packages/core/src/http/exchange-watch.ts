import { SalesAgentError } from "@salesagent/ports";
import { tell } from "../kernel/tell.js";
import type { Span } from "../telemetry/telemetry.js";
import type { PreparedCall } from "./prepare-call.js";
import type { ReceivedAnswer } from "./received-answer.js";
import type { ServiceSettings } from "./service-client-options.js";
import { failedAnswerOf } from "./service-failure.js";

/** The `client` span and the event of one exchange. Queries, ids, bodies and secrets stay out of both. */
export class ExchangeWatch {
  readonly #settings: ServiceSettings;
  readonly #prepared: PreparedCall;
  readonly #attempt: number;
  readonly #waitedMs: number;
  readonly #span: Span;
  readonly #startedMs: number;

  constructor(settings: ServiceSettings, prepared: PreparedCall, attempt: number, waitedMs: number) {
    this.#settings = settings;
    this.#prepared = prepared;
    this.#attempt = attempt;
    this.#waitedMs = waitedMs;
    this.#startedMs = settings.clock.elapsed();
    const { method, route, service } = prepared.called;
    this.#span = settings.telemetry.startSpan(`${method} ${route}`, "client", {
      "http.request.method": method,
      "url.template": route,
      "server.address": prepared.url.hostname,
      "salesagent.service": service,
      "http.request.resend_count": attempt > 1 ? attempt - 1 : undefined,
      "salesagent.rate.waited_ms": waitedMs > 0 ? waitedMs : undefined,
    });
  }

  answered(answer: ReceivedAnswer): void {
    this.#end(answer, undefined);
  }

  /** @param isAborted - Whether it was the caller who ended it. */
  failed(error: unknown, isAborted: boolean): void {
    const code = SalesAgentError.is(error) ? error.code : isAborted ? "aborted" : "internal";
    this.#end(failedAnswerOf(error), code);
  }

  #end(answer: Pick<ReceivedAnswer, "status" | "requestId" | "rateFacts"> | undefined, code?: string): void {
    const { called } = this.#prepared;
    this.#span.set({ "http.response.status_code": answer?.status });
    if (code !== undefined) this.#span.fail(code);
    this.#span.end();
    const requestId = answer?.requestId;
    tell(this.#settings.onCall, {
      service: called.service,
      method: called.method,
      route: called.route,
      attempt: this.#attempt,
      ...(answer === undefined ? {} : { status: answer.status }),
      ...(code === undefined ? {} : { errorCode: code }),
      ...(requestId === undefined ? {} : { requestId }),
      durationMs: this.#settings.clock.elapsed() - this.#startedMs,
      waitedMs: this.#waitedMs,
      rateFacts: answer?.rateFacts ?? [],
    });
  }
}
