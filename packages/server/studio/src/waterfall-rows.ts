import type { JsonObject, JsonValue, RunTrace } from "@salesagent/client";

/** One bar of a waterfall. */
export interface WaterfallRow {
  /** How far in it stands: 0 a run, 1 a step, 2 an attempt. */
  readonly depth: 0 | 1 | 2;
  /** Such as `run`, `model`, `tool` or `attempt`. */
  readonly kind: string;
  readonly name: string;
  /** Such as `retry · model.rate_limited`. */
  readonly note: string;
  /** Such as `completed` or `failed`. */
  readonly outcome: string;
  /** Absent where there is none, or its price is unknown; see `isPriced`. */
  readonly costUsd?: number;
  /** A call whose price is not known. */
  readonly isUnpriced: boolean;
  readonly latencyMs: number;
  /** When it began, from the begin of all, in milliseconds. */
  readonly offsetMs: number;
  readonly input?: JsonValue;
  readonly output?: JsonValue;
}

/** A trace in rows, and how long all of it took. */
export interface Waterfall {
  readonly rows: readonly WaterfallRow[];
  /** At least 1. */
  readonly totalMs: number;
  readonly truncated: boolean;
}

type Draft = Omit<WaterfallRow, "offsetMs"> & { readonly startedAt: number };

/**
 * Lays a trace out: each run, its steps, and below each step the attempts at models that it made.
 *
 * @param nowMs - Until when a run that has not ended has taken, in milliseconds since the epoch.
 */
export function toWaterfall({ runs }: Pick<RunTrace, "runs">, nowMs: number): Waterfall {
  const drafts = runs.flatMap((run) => draftsOf(run, nowMs));
  const starts = drafts.map(({ startedAt }) => startedAt).filter((at) => !Number.isNaN(at));
  const first = starts.reduce((least, at) => Math.min(least, at), starts[0] ?? 0);
  const rows = drafts.map(({ startedAt, ...draft }) => ({
    ...draft,
    offsetMs: Number.isNaN(startedAt) ? 0 : startedAt - first,
  }));
  const totalMs = rows.reduce((most, row) => Math.max(most, row.offsetMs + row.latencyMs), 1);
  return { rows, totalMs, truncated: runs.some(({ truncated }) => truncated) };
}

function draftsOf(run: RunTrace["runs"][number], nowMs: number): readonly Draft[] {
  const calls = run.modelCalls.map(toCall);
  const steps = [...run.steps].sort((one, other) => numberOf(one["index"]) - numberOf(other["index"]));
  const indexes = new Set(steps.map(({ index }) => index));
  const loose = calls.filter(({ stepIndex }) => !indexes.has(stepIndex));
  return [
    toRun(run, nowMs),
    ...steps.flatMap((step) => [
      toStep(step),
      ...calls.filter(({ stepIndex }) => stepIndex === step["index"]).map(({ draft }) => draft),
    ]),
    ...loose.map(({ draft }) => draft),
  ];
}

function toRun(run: RunTrace["runs"][number], nowMs: number): Draft {
  const { agent, status, error, costUsd, startedAt, latencyMs } = run;
  const begun = Date.parse(startedAt);
  // What waits for a person goes on later, as another run on record.
  const isWait = error?.code === "approval.required";
  const took = latencyMs ?? (status === "running" && nowMs > begun ? nowMs - begun : 0);
  return {
    ...{ depth: 0, kind: "run", name: agent, isUnpriced: false },
    ...{ note: error && !isWait ? error.code : "", outcome: isWait ? "waited" : status },
    ...(costUsd !== undefined && { costUsd }),
    ...{ latencyMs: took, startedAt: begun },
  };
}

function toStep(step: JsonObject): Draft {
  const error = step["error"] as JsonObject | undefined;
  return {
    ...{ depth: 1, kind: textOf(step["kind"]), name: textOf(step["name"]), isUnpriced: false },
    ...{ note: error ? textOf(error["code"]) : "", outcome: textOf(step["status"]) },
    ...(step["input"] !== undefined && { input: step["input"] }),
    ...(step["output"] !== undefined && { output: step["output"] }),
    ...{ latencyMs: numberOf(step["latencyMs"]), startedAt: Date.parse(textOf(step["startedAt"])) },
  };
}

function toCall(call: JsonObject): { readonly stepIndex: JsonValue | undefined; readonly draft: Draft } {
  const { purpose = "first", errorCode, estimated, costUsd, stepIndex } = call;
  const notes = [purpose === "first" ? "" : textOf(purpose), textOf(errorCode), tokensOf(call["usage"])];
  if (estimated === true) notes.push("estimated");
  const draft: Draft = {
    ...{ depth: 2, kind: "attempt", name: `${textOf(call["provider"])}/${textOf(call["modelId"])}` },
    ...{ note: notes.filter((note) => note !== "").join(" · "), outcome: textOf(call["outcome"]) },
    ...(typeof costUsd === "number" && { costUsd }),
    isUnpriced: typeof costUsd !== "number",
    ...{ latencyMs: numberOf(call["latencyMs"]), startedAt: Date.parse(textOf(call["startedAt"])) },
  };
  return { stepIndex, draft };
}

function tokensOf(usage: JsonValue | undefined): string {
  if (typeof usage !== "object" || usage === null || Array.isArray(usage)) return "";
  const { inputTokens, outputTokens } = usage as JsonObject;
  if (typeof inputTokens !== "number" || typeof outputTokens !== "number") return "";
  return `${inputTokens} → ${outputTokens} tokens`;
}

const textOf = (value: JsonValue | undefined): string => (typeof value === "string" ? value : "");
const numberOf = (value: JsonValue | undefined): number => (typeof value === "number" ? value : 0);
