import { errorPage, type Failure, reasonOfStatus } from "../failure.js";
import type { Fault, FaultType, InBandErrorFault, RetryAfter, StatusFault } from "../fault.js";
import { type Draft, type FaultScene, positionAfter, positionOfFinish } from "./draft.js";
import type { WireEvent } from "./wire-event.js";

type Rule<T extends FaultType> = (
  draft: Draft,
  fault: Extract<Fault, { type: T }>,
  scene: FaultScene,
) => void;

/** Spoils the draft as the fault says. */
export function applyFault(draft: Draft, fault: Fault, scene: FaultScene): void {
  const rule = RULES[fault.type] as Rule<FaultType> | undefined;
  if (rule === undefined) throw new TypeError(`reply.fault.type is unknown: ${JSON.stringify(fault.type)}`);
  rule(draft, fault, scene);
}

const RULES: { readonly [T in FaultType]: Rule<T> } = {
  status: refuse,
  "in-band-error": failInBand,
  cut,
  reset(draft, { afterEvents }) {
    draft.outcome = "reset";
    if (afterEvents === undefined) draft.beforeHeaders = "reset";
    else stopAfter(draft, afterEvents, "reset");
  },
  silence(draft) {
    draft.beforeHeaders = "hold";
  },
  "slow-headers"(draft, { delayMs }) {
    draft.headersMs = delayMs;
  },
  "slow-first-token"(draft, { delayMs }) {
    draft.firstTokenMs = delayMs;
  },
  stall(draft, { afterEvents, keepAliveEveryMs }) {
    // a whole answer is one event: it stalls after the headers
    stopAfter(draft, afterEvents ?? (draft.events[0]?.kind === "body" ? 0 : 1), "hold");
    if (keepAliveEveryMs !== undefined) draft.keepAliveEveryMs = keepAliveEveryMs;
  },
  "malformed-event"(draft, { afterEvents = 1, text = '{"simulated": tru' }, { format }) {
    if (draft.events[0]?.kind === "body") draft.events = [{ kind: "body", text }];
    else draft.events.splice(positionAfter(draft.events, afterEvents), 0, format.rawEvent(text));
  },
  "no-terminator"(draft) {
    draft.events = draft.events.filter(({ kind }) => kind !== "end");
  },
  html(draft, { status = 200 }) {
    replaceBody(draft, status, "text/html; charset=utf-8", errorPage(status));
  },
  "json-error"(draft, { reason = "server", message }, { format, context }) {
    const failure: Failure = { reason, ...(message === undefined ? {} : { message }) };
    const { body } = format.failure(failure, context);
    replaceBody(draft, 200, "application/json", JSON.stringify(body));
  },
  "content-type"(draft, { value }) {
    draft.contentType = value;
  },
  "duplicate-finish"(draft) {
    const position = positionOfFinish(draft.events);
    draft.events.splice(position, 0, ...draft.events.slice(position, position + 1));
  },
  // the answer was given its large piece before it was rendered
  "huge-event"() {},
  split(draft, { size, at }) {
    if (size === undefined && at === undefined) throw new TypeError("reply.fault: split needs size or at");
    if (size !== undefined && !(Number.isInteger(size) && size >= 1)) {
      throw new RangeError(`reply.fault.size must be a whole number ≥ 1, got ${size}`);
    }
    draft.split = { ...(size === undefined ? {} : { size }), ...(at === undefined ? {} : { at }) };
  },
  "no-final-newline"(draft) {
    const last = draft.events.pop();
    if (last !== undefined) draft.events.push({ ...last, text: last.text.replace(/[\r\n]+$/, "") });
  },
  crlf(draft) {
    draft.crlf = true;
  },
  bom(draft) {
    draft.byteOrderMark = true;
  },
  comments(draft, { every = 1, text = "keep-alive" }, { format }) {
    intersperse(draft, every, format.keepAlive("comment", text));
  },
  pings(draft, { every = 1 }, { format }) {
    intersperse(draft, every, format.keepAlive("ping", "ping"));
  },
};

function refuse(draft: Draft, fault: StatusFault, { format, context, nowMs }: FaultScene): void {
  const reason = fault.reason ?? (fault.status === undefined ? undefined : reasonOfStatus(fault.status));
  if (reason === undefined) throw new TypeError("reply.fault: status needs reason or status");
  const refusal = format.failure(
    {
      reason,
      ...(fault.status === undefined ? {} : { status: fault.status }),
      ...(fault.message === undefined ? {} : { message: fault.message }),
      ...(fault.retryAfter === undefined ? {} : { retryAfterMs: waitMsOf(fault.retryAfter) }),
    },
    context,
  );
  const page = reason === "bad-gateway" && fault.body === undefined;
  const body = fault.body ?? (page ? errorPage(refusal.status) : refusal.body);
  const text = typeof body === "string" ? body : JSON.stringify(body);
  replaceBody(draft, refusal.status, fault.contentType ?? (page ? "text/html" : "application/json"), text);
  const waits = format.retryInHeaders ? retryHeaders(fault, nowMs) : {};
  // a format may send it with successes, where it means nothing
  delete draft.headers["retry-after"];
  Object.assign(draft.headers, refusal.headers, waits, fault.headers);
}

function waitMsOf(retryAfter: RetryAfter): number {
  if ("seconds" in retryAfter) return retryAfter.seconds * 1000;
  return "milliseconds" in retryAfter ? retryAfter.milliseconds : retryAfter.httpDateInMs;
}

function retryHeaders({ retryAfter }: StatusFault, nowMs: number): Record<string, string> {
  if (retryAfter === undefined) return {};
  if ("seconds" in retryAfter) return { "retry-after": String(retryAfter.seconds) };
  if ("milliseconds" in retryAfter) return { "retry-after-ms": String(retryAfter.milliseconds) };
  return { "retry-after": new Date(nowMs + retryAfter.httpDateInMs).toUTCString() };
}

function failInBand(draft: Draft, fault: InBandErrorFault, { format, context }: FaultScene): void {
  const failure: Failure = {
    reason: fault.reason ?? "server",
    ...(fault.message === undefined ? {} : { message: fault.message }),
  };
  if (draft.events[0]?.kind === "body") {
    replaceBody(draft, 200, draft.contentType, JSON.stringify(format.failure(failure, context).body));
    return;
  }
  const end = draft.events.filter(({ kind }) => kind === "end");
  const errors = format.inBandError(failure, fault.shape ?? "vendor", context);
  const ends = fault.terminator ?? format.endsAfterError(context);
  draft.events = [
    ...draft.events.slice(0, positionAfter(draft.events, fault.afterEvents ?? 1)),
    ...errors,
    ...(ends ? end : []),
  ];
}

function cut(draft: Draft, fault: Extract<Fault, { type: "cut" }>): void {
  draft.outcome = "cut";
  if (fault.afterBytes !== undefined) {
    draft.cutAtByte = fault.afterBytes;
    return;
  }
  const whole = draft.events[0]?.kind === "body";
  const inside = fault.inside ?? (whole ? "event" : undefined);
  const from =
    fault.afterEvents === undefined
      ? inside === undefined
        ? positionOfFinish(draft.events)
        : 0
      : positionAfter(draft.events, fault.afterEvents);
  if (inside === undefined) {
    draft.events.length = from;
    return;
  }
  const position = draft.events.findIndex(
    (event, at) => at >= from && event.kind !== "comment" && tearPoint(event, inside) !== undefined,
  );
  const event = draft.events[position];
  if (event === undefined) {
    throw new RangeError(`reply.fault: no event after ${from} can be cut inside its ${inside}`);
  }
  draft.torn = new TextEncoder().encode(event.text).subarray(0, tearPoint(event, inside));
  draft.events.length = position;
}

/** Where to tear an event: in its middle, or after the first byte of its first multi-byte character. */
function tearPoint(event: WireEvent, inside: "event" | "code-point"): number | undefined {
  const bytes = new TextEncoder().encode(event.text);
  if (inside === "event") return Math.floor(bytes.length / 2);
  const lead = bytes.findIndex((byte) => byte >= 0xc0);
  return lead === -1 ? undefined : lead + 1;
}

function stopAfter(draft: Draft, count: number, ending: "reset" | "hold"): void {
  draft.events.length = positionAfter(draft.events, count);
  draft.ending = ending;
}

function replaceBody(draft: Draft, status: number, contentType: string, text: string): void {
  draft.status = status;
  draft.contentType = contentType;
  draft.events = [{ kind: "body", text }];
}

function intersperse(draft: Draft, every: number, sign: WireEvent | undefined): void {
  if (sign === undefined) return; // NDJSON has no keep-alive
  let count = 0;
  draft.events = draft.events.flatMap((event) => {
    if (event.kind === "comment" || event.kind === "body") return [event];
    count += 1;
    return (count - 1) % every === 0 ? [sign, event] : [event];
  });
}
