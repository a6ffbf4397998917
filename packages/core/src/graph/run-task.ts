import { type IssueFact, type JsonObject, type JsonValue, SalesAgentError } from "@salesagent/ports";
import { isTransient, retry } from "../resilience/retry.js";
import { Command } from "./command.js";
import { damagedStep, invalidGraph, invalidState, nodeFailed, nodeTimedOut } from "./graph-errors.js";
import { chain, isPromise, type MaybePromise } from "./maybe-promise.js";
import type { CacheKey, NodeCache } from "./node-cache.js";
import { withinTime } from "./node-timeout.js";
import { toGoto } from "./route.js";
import { asJson } from "./state-size.js";
import { TaskContext } from "./task-context.js";
import { isTaskOutcome, type TaskEnd, type TaskOutcome, type TaskRun } from "./task-run.js";
import { checkUpdate, validated } from "./write-state.js";

/**
 * Runs a task to its end, with the node's tries, time and cache.
 *
 * @param remembers - Whether its outcome is kept apart, because other tasks of the superstep may end later or fail.
 * @returns Never rejects, and never throws.
 */
export function runTask(run: TaskRun, input: JsonValue, remembers: boolean): MaybePromise<TaskEnd> {
  const failed = (error: unknown): TaskEnd => ({ kind: "failed", error });
  try {
    const kept = remembers ? run.host.recall(run.key) : undefined;
    if (kept !== undefined) return { kind: "done", outcome: asOutcome(run, kept), from: "memory" };
    tellStarted(run);
    const end = run.node.cache ? cachedEnd(run, run.node.cache, input) : firstEnd(run, input);
    if (isPromise(end)) return end.then((it) => keptEnd(run, it, remembers)).catch(failed);
    const done = keptEnd(run, end, remembers);
    return isPromise(done) ? done.catch(failed) : done;
  } catch (error) {
    return failed(error);
  }
}

function asOutcome(run: TaskRun, kept: JsonValue): TaskOutcome {
  if (isTaskOutcome(kept)) return kept;
  throw damagedStep(run.plan.name, run.node.name, run.key);
}

function keptEnd(run: TaskRun, end: TaskEnd, remembers: boolean): MaybePromise<TaskEnd> {
  if (!remembers || end.kind !== "done") return end;
  const keeping = run.host.remember(run.key, asJson(end.outcome));
  return keeping ? keeping.then(() => end) : end;
}

async function cachedEnd(run: TaskRun, cache: NodeCache, input: JsonValue): Promise<TaskEnd> {
  const { clock, tenant } = run.host;
  let key: CacheKey;
  try {
    key = cache.keyOf(input, tenant);
  } catch (error) {
    throw nodeFailed(run.plan.name, run.node.name, 1, error);
  }
  const outcome = await cache.find(key, clock);
  if (outcome) return { kind: "done", outcome, from: "cache" };
  const end = await firstEnd(run, input);
  if (end.kind === "done") await cache.keep(key, end.outcome, clock);
  return end;
}

/** The first try costs no more than the node itself; the rest is there when it fails. */
function firstEnd(run: TaskRun, input: JsonValue): MaybePromise<TaskEnd> {
  return chain(checkPayload(run, input), (checked) => {
    if (run.node.retry) return retriedEnd(run, checked);
    try {
      const end = attempt(run, checked, 1);
      return isPromise(end) ? end.catch((error: unknown) => refuse(run, 1, error)) : end;
    } catch (error) {
      return refuse(run, 1, error);
    }
  });
}

function checkPayload(run: TaskRun, input: JsonValue): MaybePromise<JsonValue> {
  const { payload } = run.node;
  if (!payload) return input;
  const issues: IssueFact[] = [];
  return chain(validated(payload, input, "payload", issues), (value) => {
    if (issues.length > 0) throw invalidState(run.plan.name, run.node.name, issues);
    return asJson(value);
  });
}

/** @throws The caller's own reason and the host's own failure; else an error of the family that names the node. */
function refuse(run: TaskRun, attempts: number, error: unknown): never {
  if (run.hostFailure) throw run.hostFailure.error;
  if (run.signal?.aborted && error === run.signal.reason) throw error;
  throw nodeFailed(run.plan.name, run.node.name, attempts, error);
}

async function retriedEnd(run: TaskRun, input: JsonValue): Promise<TaskEnd> {
  const { host, node, signal, superstep, index } = run;
  let attempts = 0;
  try {
    return await retry(
      async (number) => {
        attempts = number;
        return attempt(run, input, number);
      },
      {
        ...node.retry,
        retryable: (error) => !run.hostFailure && (node.retry?.retryable ?? isMendable)(error),
        clock: host.clock,
        random: host.random,
        ...(signal && { signal }),
        onWait: ({ attempt: failed, waitMs, error }) => {
          const message = SalesAgentError.is(error) ? error.message : "The node threw an error.";
          const base = { runId: host.runId, path: [], superstep, node: node.name, index };
          host.emit?.({ type: "node-retried", ...base, attempt: failed, waitMs, message });
        },
      },
    );
  } catch (error) {
    return refuse(run, attempts, error);
  }
}

/** Whoever sets a node's `retry` says that it may be run again; slips of the programmer and of the graph stay what they are. */
function isMendable(error: unknown): boolean {
  if (SalesAgentError.is(error)) return error.code === "graph.node_timed_out" || isTransient(error);
  return !(error instanceof RangeError || error instanceof ReferenceError || error instanceof SyntaxError);
}

function attempt(run: TaskRun, input: JsonValue, number: number): MaybePromise<TaskEnd> {
  const { node, plan, host, signal } = run;
  if (node.timeoutMs === undefined) return perform(run, input, number, signal);
  const limitMs = node.timeoutMs;
  return withinTime((own) => perform(run, input, number, own), {
    clock: host.clock,
    limitMs,
    signal,
    timedOut: () => nodeTimedOut(plan.name, node.name, limitMs, node.retry ? "safe" : "unsafe"),
  });
}

function perform(
  run: TaskRun,
  input: JsonValue,
  number: number,
  signal: AbortSignal | undefined,
): MaybePromise<TaskEnd> {
  const { work } = run.node;
  if (work.kind === "graph") return work.run(run, input, signal);
  const context = new TaskContext(run, number, signal);
  let result: unknown;
  try {
    result = work.run(input, context);
  } catch (error) {
    return threw(run, context, error);
  }
  if (!isPromise(result)) return returned(run, context, result);
  return result.then(
    (value) => returned(run, context, value),
    (error: unknown) => threw(run, context, error),
  );
}

/** @throws What is no wait. */
function threw(run: TaskRun, context: TaskContext, error: unknown): MaybePromise<TaskEnd> {
  if (!context.waits || run.hostFailure) throw error;
  return waiting(context);
}

/** A wait counts, also when the node caught its signal, or made another error of it. */
function waiting(context: TaskContext): MaybePromise<TaskEnd> {
  const end: TaskEnd = { kind: "waiting", on: context.waits ?? [] };
  return context.keeping ? context.keeping.then(() => end) : end;
}

function returned(run: TaskRun, context: TaskContext, value: unknown): MaybePromise<TaskEnd> {
  if (run.hostFailure) throw run.hostFailure.error;
  if (context.waits) return waiting(context);
  const outcome = toOutcome(run, value);
  const { keeping } = context;
  const end = (it: TaskOutcome) => done(run, it);
  return keeping ? keeping.then(() => chain(outcome, end)) : chain(outcome, end);
}

function done(run: TaskRun, outcome: TaskOutcome): TaskEnd {
  if (run.node.mustGo && outcome.goto === undefined) {
    const message = "it gave no Command with a goto, and no edge leads on from it";
    throw invalidGraph(run.plan.name, [{ path: run.node.name, message }]);
  }
  return { kind: "done", outcome, from: "run" };
}

const NOTHING: TaskOutcome = Object.freeze({ updates: [] });

/** Checks what a node gave: fields to write, a command, or nothing. */
export function toOutcome(run: TaskRun, value: unknown): MaybePromise<TaskOutcome> {
  if (value === undefined || value === null) return NOTHING;
  if (value instanceof Command) {
    const goto = value.goto === undefined ? undefined : checkedGoto(run, value.goto);
    const update = value.update === undefined ? NOTHING : toOutcome(run, value.update);
    return chain(update, ({ updates }) => (goto ? { updates, goto } : { updates }));
  }
  if (typeof value !== "object" || Array.isArray(value)) {
    const message = `a node gives an object of fields, a Command or nothing, not ${Array.isArray(value) ? "a list" : `a ${typeof value}`}`;
    throw invalidState(run.plan.name, run.node.name, [{ path: "", message }]);
  }
  const checked = checkUpdate(run.plan, run.node.name, value);
  return isPromise(checked) ? checked.then(single) : single(checked);
}

const single = (update: JsonObject): TaskOutcome => ({ updates: [update] });

function checkedGoto(run: TaskRun, goto: Command["goto"]) {
  const { plan, node } = run;
  const targets = toGoto(plan, node.name, goto);
  for (const target of targets) {
    const name = typeof target === "string" ? target : target.node;
    if (node.ends?.has(name)) continue;
    const message = `goes to "${name}", which its ends don't name: addNode("${node.name}", …, { ends: ["${name}"] })`;
    throw invalidGraph(plan.name, [{ path: node.name, message }]);
  }
  return targets;
}

function tellStarted({ host, superstep, node, index }: TaskRun): void {
  host.emit?.({ type: "node-started", runId: host.runId, path: [], superstep, node: node.name, index });
}
