import type {
  AttemptGuard,
  AttemptPermit,
  AttemptPlan,
  ModelAttempt,
  RoutingDecision,
} from "@salesagent/ports";
import { decisionAttributes } from "./decision-attributes.js";
import { modelAttributes, requestAttributes, scopeAttributes, usageAttributes } from "./model-attributes.js";
import { safeTelemetry } from "./safe-telemetry.js";
import { type Attributes, noTelemetry, type Span, type Telemetry } from "./telemetry.js";

/** What attempts are part of. */
export interface AttemptSpansOptions {
  /** The span of the call, made by the same telemetry; without one, whatever is active around each attempt. */
  readonly parent?: Span | undefined;
  /** Whether tokens are asked for as they come, where that is known. */
  readonly streamed?: boolean | undefined;
}

/**
 * Traces and measures every attempt at a model: a `client` span each, by the GenAI conventions. Pass it as the last guard, so
 * that it sees only attempts that are made; one that a later guard refuses has a span that says so, and no measurements.
 */
export class AttemptSpans implements AttemptGuard {
  readonly #telemetry: Telemetry;
  readonly #options: AttemptSpansOptions;
  #decisionTold = false;

  constructor(telemetry: Telemetry, options: AttemptSpansOptions = {}) {
    this.#telemetry = safeTelemetry(telemetry);
    this.#options = options;
  }

  begin({ request, purpose, scope, provider, modelId }: AttemptPlan): AttemptPermit {
    const { parent, streamed } = this.#options;
    const attributes = {
      "gen_ai.request.stream": streamed,
      "salesagent.attempt.purpose": purpose,
      ...requestAttributes({ provider, modelId }, request),
      ...scopeAttributes(scope),
    };
    const span = this.#telemetry.startSpan(`chat ${modelId}`, "client", attributes, parent);
    return {
      end: (attempt) => {
        this.#measure(attempt);
        endSpan(span, attempt);
      },
    };
  }

  /** Tells why a router tries what it tries, in an `internal` span of its own. Only the first decision of a call counts. */
  decided(decision: RoutingDecision): void {
    if (this.#decisionTold) return;
    this.#decisionTold = true;
    const { parent } = this.#options;
    this.#telemetry.startSpan("route", "internal", decisionAttributes(decision), parent).end();
  }

  #measure(attempt: ModelAttempt): void {
    if (wasNeverMade(attempt)) return;
    const { usage, latencyMs, firstTokenMs, costUsd, purpose = "first", outcome, errorCode } = attempt;
    const model = modelAttributes(attempt);
    const who = outcome === "completed" ? model : { "error.type": errorCode ?? outcome, ...model };
    this.#value("gen_ai.client.operation.duration", latencyMs / 1000, who);
    this.#value("gen_ai.client.operation.time_to_first_chunk", (firstTokenMs ?? Number.NaN) / 1000, who);
    this.#value("gen_ai.client.token.usage", usage.inputTokens, { "gen_ai.token.type": "input", ...model });
    this.#value("gen_ai.client.token.usage", usage.outputTokens, { "gen_ai.token.type": "output", ...model });
    this.#value("salesagent.client.cost", costUsd, { "salesagent.attempt.purpose": purpose, ...who });
  }

  /** What is not known, or no amount at all, would spoil the sums. */
  #value(name: string, value: number | undefined, attributes: Attributes): void {
    if (value !== undefined && value >= 0 && value < Number.POSITIVE_INFINITY) {
      this.#telemetry.measure(name, value, attributes);
    }
  }
}

/**
 * A guard that traces and measures every attempt of a call.
 *
 * @returns Nothing where nobody listens: a call then has one guard less to ask.
 */
export function attemptSpans(
  telemetry: Telemetry,
  options: AttemptSpansOptions = {},
): AttemptSpans | undefined {
  return telemetry === noTelemetry ? undefined : new AttemptSpans(telemetry, options);
}

/** Who traces a call already: the outermost that does, so that nothing is counted twice. */
export function attemptSpansOf(guards: readonly AttemptGuard[] | undefined): AttemptSpans | undefined {
  return guards?.find((guard) => guard instanceof AttemptSpans);
}

function endSpan(span: Span, attempt: ModelAttempt): void {
  const { outcome, errorCode, firstTokenMs, estimated } = attempt;
  span.set({
    "gen_ai.response.id": attempt.requestId,
    "gen_ai.response.time_to_first_chunk": firstTokenMs === undefined ? undefined : firstTokenMs / 1000,
    "salesagent.attempt.outcome": outcome,
    "salesagent.cost_usd": attempt.costUsd,
    "salesagent.estimated": estimated,
    ...usageAttributes(attempt.usage),
  });
  if (outcome !== "completed") span.fail(errorCode ?? outcome);
  span.end();
}

/** Refused by a guard, or left by its caller, before anything was sent. */
function wasNeverMade({ outcome, errorCode }: ModelAttempt): boolean {
  return outcome === "aborted" && errorCode === "refused";
}
