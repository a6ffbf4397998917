import type { JsonObject } from "@salesagent/ports";
import { type Answer, resolveAnswer } from "../answer.js";
import type { Dialect, Vendor } from "../dialect.js";
import type { Failure } from "../failure.js";
import type { Fault } from "../fault.js";
import { stringOf } from "../json-access.js";
import type { RenderContext } from "../render-context.js";
import type { Reply } from "../reply.js";
import { applyFault } from "./apply-fault.js";
import type { DialectFormat } from "./dialect-format.js";
import type { Draft } from "./draft.js";
import { formatOf } from "./formats.js";
import { planResponse } from "./plan-response.js";
import type { WireEvent } from "./wire-event.js";
import type { WirePlan } from "./wire-plan.js";

/** Says on every response that no model answered. */
const SIMULATED_HEADERS: Readonly<Record<string, string>> = { "x-salesagent-sandbox": "simulated" };

/** The circumstances in which a reply is sent. */
export interface ReplyScene {
  readonly dialect: Dialect;
  readonly vendor: Vendor;
  /** Whether the reply streams, or comes as one body. */
  readonly stream: boolean;
  readonly body: JsonObject;
  readonly query: Readonly<Record<string, string>>;
  readonly model: string;
  /** Ids follow from it. */
  readonly seed: string;
  readonly nowMs: number;
}

/** Renders a reply in its scene's format, spoils it with its faults, and settles every byte and wait. */
export function planReply(reply: Reply, scene: ReplyScene): WirePlan {
  const format = formatOf(scene.dialect);
  const context = contextOf(scene);
  const faults = faultsOf(reply);
  const answer = withHugePiece(
    resolveAnswer(reply, {
      seed: scene.seed,
      nowMs: scene.nowMs,
      model: scene.model,
      requestChars: charsOf(scene.body),
      tokensPerEvent: format.tokensPerEvent,
    }),
    faults,
  );
  const events = scene.stream ? format.stream(answer, context) : format.whole(answer, context);
  const contentType = scene.stream ? format.streamContentType(context) : "application/json";
  const draft = draftOf(reply, events, contentType, format.headers(scene.seed, context, scene.nowMs));
  for (const fault of faults) applyFault(draft, fault, { format, context, nowMs: scene.nowMs });
  return planResponse(draft, { format });
}

/** The response to a request that the vendor refuses. */
export function planFailure(failure: Failure, scene: Omit<ReplyScene, "stream" | "model">): WirePlan {
  const format = formatOf(scene.dialect);
  const context = contextOf(scene);
  const named = { model: stringOf(scene.body["model"]) ?? "", ...failure };
  const { status, body, headers } = format.failure(named, context);
  const events: WireEvent[] = [{ kind: "body", text: JSON.stringify(body) }];
  const draft = draftOf({}, events, "application/json", format.headers(scene.seed, context, scene.nowMs));
  draft.status = status;
  delete draft.headers["retry-after"];
  Object.assign(draft.headers, headers);
  return planResponse(draft, { format });
}

/** A response that is simply sent: lists of models, embeddings, versions. */
export function planBody(
  text: string,
  reply: Reply,
  format: DialectFormat,
  scene: Omit<ReplyScene, "stream" | "model" | "dialect">,
): WirePlan {
  const context = contextOf(scene);
  const headers = format.headers(scene.seed, context, scene.nowMs);
  const draft = draftOf(reply, [{ kind: "body", text }], "application/json", headers);
  for (const fault of faultsOf(reply)) applyFault(draft, fault, { format, context, nowMs: scene.nowMs });
  return planResponse(draft, { format });
}

/** The faults of a reply, as a list. */
export function faultsOf({ fault }: Reply): readonly Fault[] {
  if (fault === undefined) return [];
  return Array.isArray(fault) ? (fault as readonly Fault[]) : [fault as Fault];
}

/** Characters of a request, without what only says how the answer is to come: both ways count the same. */
function charsOf({ stream: _, stream_options: __, ...body }: JsonObject): number {
  return JSON.stringify(body).length;
}

function contextOf({
  vendor,
  body,
  query,
  seed,
}: Omit<ReplyScene, "stream" | "model" | "dialect">): RenderContext {
  return { vendor, body, query, seed };
}

function draftOf(
  reply: Reply,
  events: WireEvent[],
  contentType: string,
  headers: Readonly<Record<string, string>>,
): Draft {
  const { headersMs = 0, firstTokenMs = 0, betweenTokensMs } = reply.timing ?? {};
  return {
    status: 200,
    contentType,
    headers: { ...headers, ...SIMULATED_HEADERS, ...reply.headers },
    events,
    ending: "end",
    outcome: "answered",
    headersMs,
    firstTokenMs,
    ...(betweenTokensMs === undefined ? {} : { betweenTokensMs }),
    byteOrderMark: false,
    crlf: false,
  };
}

function withHugePiece(answer: Answer, faults: readonly Fault[]): Answer {
  const huge = faults.find((fault) => fault.type === "huge-event");
  if (huge === undefined) return answer;
  const piece = "simulated ".repeat(Math.ceil(huge.bytes / 10)).slice(0, huge.bytes);
  return { ...answer, textPieces: [...answer.textPieces, piece] };
}
