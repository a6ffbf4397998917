import {
  type AttemptGuard,
  type LanguageModel,
  type ModelCallOptions,
  type ModelEvent,
  type ModelRequest,
  type ModelResult,
  SalesAgentError,
} from "@salesagent/ports";
import { guarded } from "../model/guarded.js";
import { spendCapGuard } from "../model/spend-cap-guard.js";
import type { StructuredOutput } from "../model/structured-output.js";
import { checkTranscript } from "../model/transcript.js";
import { type CallSpan, startCallSpan } from "../telemetry/call-span.js";
import { AttemptRecorder } from "./attempt-recorder.js";
import type { RunContext } from "./run-context.js";
import type { OutputPartialEvent } from "./run-event.js";

/**
 * Makes one model call of a run: checks the transcript, holds each attempt to the caps, streams, and puts every attempt on
 * record, failed ones too.
 *
 * @param output - The shape that the answer is read in while it comes.
 * @returns The whole answer.
 * @throws `transcript.invalid`, `budget.exceeded`, `budget.unscoped`, or what the model throws.
 */
export async function* callModel(
  context: RunContext,
  model: LanguageModel,
  request: ModelRequest,
  output?: StructuredOutput<unknown>,
): AsyncGenerator<ModelEvent | OutputPartialEvent, ModelResult, void> {
  checkTranscript(request.messages);
  const recorder = new AttemptRecorder(context);
  const call = callOptions(context, recorder);
  const { telemetry, span: parent } = context.init;
  const span = startCallSpan(telemetry, { model, request, call, parent });
  try {
    const stream = guarded(model, context.clock).stream(request, traced(call, span));
    let partial = output?.reader();
    for await (const event of stream) {
      recorder.see(event);
      yield event;
      // After a `continue` the text goes on where it broke off, and so does what is read of it.
      if (event.type === "restart") partial = output?.reader();
      if (event.type !== "text-delta" || !partial) continue;
      const value = partial.push(event.text);
      if (value !== undefined) yield { type: "output-partial", value };
    }
    const result = await stream.result();
    span?.completed(result);
    return result;
  } catch (error) {
    span?.failed(error, context.signal.aborted);
    tellExceeded(context, error);
    throw error;
  } finally {
    await recorder.settled();
    // Where the reader left, nothing has ended it yet.
    span?.failed(undefined, true);
  }
}

/** How a run calls models: its caps stand before each attempt, and its records see each one. */
export function callOptions(context: RunContext, recorder: AttemptRecorder): ModelCallOptions {
  const { signal, tenant, runId, init } = context;
  const { agent, leadId, campaignId, timeouts, delivery, task, spendCap, budgets } = init;
  const guards: AttemptGuard[] = [];
  if (spendCap) guards.push(spendCapGuard(spendCap));
  if (budgets) guards.push(budgets);
  guards.push(recorder);
  const scope = { tenant, agent, runId, stepIndex: context.nextStep, leadId, campaignId };
  return { signal, timeouts, delivery, task, scope, guards };
}

/** The call with its attempts traced: last, so that only those are told of that every other guard let begin. */
function traced(call: ModelCallOptions, span: CallSpan | undefined): ModelCallOptions {
  return span ? { ...call, guards: [...(call.guards ?? []), span.attempts] } : call;
}

function tellExceeded(context: RunContext, error: unknown): void {
  if (SalesAgentError.is(error, "budget.exceeded")) context.emit("budget-exceeded", error.facts);
}
