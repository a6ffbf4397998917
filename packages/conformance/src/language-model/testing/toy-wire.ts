import type { ModelScenario, ScenarioFault, ScenarioReason } from "../scenario.js";

/** What the toy vendor says, one in an event. */
export type ToyEvent =
  | { readonly type: "hello" }
  | { readonly type: "text" | "reasoning"; readonly text: string }
  | { readonly type: "call"; readonly id: string; readonly name: string }
  | { readonly type: "arguments"; readonly id: string; readonly text: string }
  | { readonly type: "call-end"; readonly id: string }
  | { readonly type: "finish"; readonly reason: string; readonly usage: ModelScenario["usage"] }
  | { readonly type: "error"; readonly error: ToyError };

export interface ToyError {
  readonly code: string;
  readonly message: string;
}

/** What the toy server does, step by step. */
export type ToyStep =
  | { readonly do: "write"; readonly bytes: Uint8Array }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "hold"; readonly keepAliveMs: number | undefined }
  | { readonly do: "reset" };

const ERRORS: Readonly<Record<ScenarioReason, { readonly status: number; readonly code: string }>> = {
  auth: { status: 401, code: "invalid_api_key" },
  "not-found": { status: 404, code: "model_not_found" },
  "bad-request": { status: 400, code: "invalid_value" },
  "rate-limit": { status: 429, code: "rate_limit_exceeded" },
  quota: { status: 429, code: "insufficient_quota" },
  server: { status: 500, code: "server_error" },
  unavailable: { status: 503, code: "unavailable" },
  overloaded: { status: 529, code: "overloaded_error" },
  "context-length": { status: 400, code: "context_length_exceeded" },
  "content-filter": { status: 403, code: "content_filter" },
};

export function errorOf(
  reason: ScenarioReason,
  message = `The toy refused for ${reason}`,
): ToyError & { readonly status: number } {
  return { ...ERRORS[reason], message };
}

const encoder = new TextEncoder();

/** Everything that the toy would say of a scenario if nothing went wrong. */
export function eventsOf(scenario: ModelScenario): ToyEvent[] {
  const words = (text: string | undefined) => (text ?? "").match(/\s*\S+|\s+$/gu) ?? [];
  const { toolCalls = [], finish = toolCalls.length > 0 ? "tool_calls" : "stop" } = scenario;
  return [
    { type: "hello" },
    ...words(scenario.reasoning).map((text) => ({ type: "reasoning", text }) as const),
    ...(scenario.chunks ?? words(scenario.text)).map((text) => ({ type: "text", text }) as const),
    ...toolCalls.flatMap((call, index): ToyEvent[] => {
      const id = `call-${index + 1}`;
      const given = call.arguments ?? {};
      const text = typeof given === "string" ? given : JSON.stringify(given);
      const pieces = text.match(/.{1,6}/gsu) ?? [];
      return [
        { type: "call", id, name: call.name },
        ...pieces.map((piece) => ({ type: "arguments", id, text: piece }) as const),
        { type: "call-end", id },
      ];
    }),
    { type: "finish", reason: finish, usage: scenario.usage },
  ];
}

/** The steps of a streamed answer, faults included. */
export function streamedSteps(scenario: ModelScenario): ToyStep[] {
  const { fault, timing } = scenario;
  const eol = fault?.type === "crlf" ? "\r\n" : "\n";
  const frame = (data: string) => `data: ${data}${eol}${eol}`;
  const frames = eventsOf(scenario).map((event) => frame(JSON.stringify(event)));
  if (fault?.type === "comments" || fault?.type === "pings") {
    return writes(frames.map((text) => `: alive\n\n${text}`));
  }
  if (fault?.type === "bom") return writes(["\uFEFF", ...frames]);
  if (fault?.type === "split") return split(frames.join(""), fault.size);
  const broken = fault ? breakOff(frames, fault, frame) : undefined;
  if (broken) return broken;
  const paceMs = timing?.betweenTokensMs;
  return paceMs === undefined
    ? writes(frames)
    : writes(frames).flatMap((step) => [step, { do: "wait", ms: paceMs } as const]);
}

function breakOff(
  frames: readonly string[],
  fault: ScenarioFault,
  frame: (data: string) => string,
): ToyStep[] | undefined {
  const before = (count: number | undefined) => writes(frames.slice(0, count ?? frames.length - 1));
  switch (fault.type) {
    case "cut":
      return cut(frames, fault);
    case "reset":
      return [...before(fault.afterEvents), { do: "reset" }];
    case "stall":
      return [...before(fault.afterEvents), { do: "hold", keepAliveMs: fault.keepAliveEveryMs }];
    case "slow-first-token":
      return [{ do: "wait", ms: fault.delayMs }, ...writes(frames)];
    case "malformed-event":
      return [...before(fault.afterEvents), ...writes([frame('{"type":"te')])];
    case "in-band-error": {
      const error = errorOf(fault.reason, fault.message);
      return [...before(fault.afterEvents), ...writes([frame(JSON.stringify({ type: "error", error }))])];
    }
    default:
      return undefined;
  }
}

function cut(frames: readonly string[], fault: Extract<ScenarioFault, { type: "cut" }>): ToyStep[] {
  if (fault.inside === "code-point") {
    const bytes = encoder.encode(frames.join(""));
    return [{ do: "write", bytes: bytes.slice(0, bytes.findIndex((byte) => byte >= 0xe0) + 1) }];
  }
  const whole = frames.slice(0, fault.afterEvents ?? frames.length - 1);
  const next = frames[whole.length] ?? "";
  return writes(fault.inside === "event" ? [...whole, next.slice(0, next.length / 2)] : whole);
}

/** The one document of a whole answer. */
export function wholeText(scenario: ModelScenario): string {
  const { text = "", reasoning = "", toolCalls = [], usage } = scenario;
  const reason = scenario.finish ?? (toolCalls.length > 0 ? "tool_calls" : "stop");
  const body = JSON.stringify({ text, reasoning, toolCalls, usage, reason });
  return scenario.fault?.type === "cut" ? body.slice(0, body.length / 2) : body;
}

function writes(texts: readonly string[]): ToyStep[] {
  return texts.map((text) => ({ do: "write", bytes: encoder.encode(text) }));
}

function split(text: string, size: number): ToyStep[] {
  const bytes = encoder.encode(text);
  const steps: ToyStep[] = [];
  for (let from = 0; from < bytes.length; from += size) {
    steps.push({ do: "write", bytes: bytes.slice(from, from + size) });
  }
  return steps;
}
