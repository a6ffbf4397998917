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
import { AttemptRecorder } from "./attempt-recorder.js";
import { CallSpan } from "./call-span.js";
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
  const span = new CallSpan(context, model, request);
  try {
    const stream = guarded(model, context.clock).stream(request, callOptions(context, recorder));
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
    span.completed(result);
    return result;
  } catch (error) {
    span.failed(failureCode(context, error));
    tellExceeded(context, error);
    throw error;
  } finally {
    await recorder.settled();
    span.end();
  }
}

function callOptions(context: RunContext, recorder: AttemptRecorder): ModelCallOptions {
  const { signal, tenant, runId, init } = context;
  const { agent, leadId, campaignId, timeouts, delivery, task, spendCap, budgets } = init;
  const guards: AttemptGuard[] = [];
  if (spendCap) guards.push(spendCapGuard(spendCap));
  if (budgets) guards.push(budgets);
  guards.push(recorder);
  const scope = { tenant, agent, runId, stepIndex: context.nextStep, leadId, campaignId };
  return { signal, timeouts, delivery, task, scope, guards };
}

function failureCode({ signal }: RunContext, error: unknown): string {
  if (SalesAgentError.is(error)) return error.code;
  return signal.aborted ? "aborted" : "internal";
}

function tellExceeded(context: RunContext, error: unknown): void {
  if (SalesAgentError.is(error, "budget.exceeded")) context.emit("budget-exceeded", error.facts);
}
