import type { ModelEvent, ModelResult, ModelStream } from "@salesagent/ports";

/** All events of a stream. */
export async function collect(stream: ModelStream): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** What a stream yields before it fails, and what it fails with. */
export async function collectUntilFailure(
  stream: ModelStream,
): Promise<{ readonly events: readonly ModelEvent[]; readonly failure: unknown }> {
  const events: ModelEvent[] = [];
  try {
    for await (const event of stream) events.push(event);
  } catch (failure) {
    return { events, failure };
  }
  return { events, failure: undefined };
}

/** Reads on until an event of this type has come. @throws Error when the stream ends first. */
export async function readUntil(
  reading: AsyncIterator<ModelEvent>,
  type: ModelEvent["type"],
): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for (let step = await reading.next(); !step.done; step = await reading.next()) {
    events.push(step.value);
    if (step.value.type === type) return events;
  }
  throw new Error(`the stream ended before a ${type} came`);
}

/** The joined text of all text deltas. */
export function textOf(events: readonly ModelEvent[]): string {
  return events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
}

/** The joined text of all reasoning deltas. */
export function reasoningOf(events: readonly ModelEvent[]): string {
  return events.map((event) => (event.type === "reasoning-delta" ? event.text : "")).join("");
}

/**
 * Events as far as they must agree between two ways of bringing the same answer: neighbouring deltas are one, ids are
 * numbered in order of appearance, times are gone.
 */
export function comparableEvents(events: readonly ModelEvent[]): unknown[] {
  const numbers = new Map<string, string>();
  const idOf = (callId: string) => {
    const known = numbers.get(callId) ?? `call ${numbers.size + 1}`;
    numbers.set(callId, known);
    return known;
  };
  const comparable: Record<string, unknown>[] = [];
  for (const event of events) {
    const plain = comparableEvent(event, idOf);
    if (plain) append(comparable, plain);
  }
  return comparable;
}

function comparableEvent(
  event: ModelEvent,
  idOf: (callId: string) => string,
): Record<string, unknown> | undefined {
  switch (event.type) {
    case "text-delta":
    case "reasoning-delta":
      return event.text === "" ? undefined : { type: event.type, text: event.text };
    case "tool-call-start":
    case "tool-call-end":
      return {
        type: event.type,
        name: event.name,
        callId: idOf(event.callId),
        ...("input" in event ? { input: event.input } : {}),
      };
    case "tool-call-delta":
      return { type: event.type, text: event.argumentsText, callId: idOf(event.callId) };
    case "finish":
      return { type: event.type, reason: event.reason, usage: event.usage, costUsd: event.costUsd };
    case "start":
    case "restart":
    case "continue":
      return { type: event.type, provider: event.provider, modelId: event.modelId };
  }
}

function append(list: Record<string, unknown>[], event: Record<string, unknown>): void {
  const last = list[list.length - 1];
  if (last && "text" in event && last["type"] === event["type"] && last["callId"] === event["callId"]) {
    last["text"] = `${String(last["text"])}${String(event["text"])}`;
  } else {
    list.push(event);
  }
}

/** A result as far as it must agree between deliveries. */
export function comparableResult(result: ModelResult): unknown {
  const { provider, modelId, text, reasoning, finishReason, usage, costUsd, toolCalls } = result;
  return {
    ...{ provider, modelId, text, reasoning, finishReason, usage, costUsd },
    toolCalls: toolCalls.map(({ name, input }) => ({ name, input })),
  };
}
