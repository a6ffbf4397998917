import type { IssueFact, JsonObject, JsonValue, StandardSchema } from "@salesagent/ports";
import { toFact } from "../model/validate.js";
import type { TaskWrite } from "./flow.js";
import { conflictingWrites, invalidState, nodeFailed } from "./graph-errors.js";
import type { FieldPlan, GraphPlan } from "./graph-plan.js";
import { chain, isPromise, type MaybePromise } from "./maybe-promise.js";
import { asJson, jsonSize, notJson } from "./state-size.js";

/** Values, and about how many bytes they take at most. */
export interface MeasuredValues {
  readonly values: JsonObject;
  readonly bytes: number;
}

/**
 * Checks what a node gave, field by field.
 *
 * @returns The writes as their schemas made them; the same object where nothing changed.
 * @throws SalesAgentError `graph.state_invalid`.
 */
export function checkUpdate(plan: GraphPlan, node: string, update: object): MaybePromise<JsonObject> {
  let changed: Record<string, JsonValue> | undefined;
  let waiting: Promise<void>[] | undefined;
  const issues: IssueFact[] = [];
  const entries = update as Readonly<Record<string, unknown>>;
  const put = (name: string, value: unknown) => {
    changed ??= { ...(entries as JsonObject) };
    changed[name] = asJson(value);
  };
  for (const name of Object.keys(entries)) {
    const value = entries[name];
    const field = plan.fields.get(name);
    if (!field) issues.push({ path: name, message: "the state has no such field" });
    else if (value === undefined) {
      put(name, undefined);
      delete changed?.[name];
    } else {
      const checked = checkValue(field, value, issues);
      if (isPromise(checked)) {
        waiting ??= [];
        waiting.push(checked.then((result) => put(name, result)));
      } else if (checked !== value) put(name, checked);
    }
  }
  const done = () => {
    if (issues.length > 0) throw invalidState(plan.name, node, issues);
    return changed ?? (entries as JsonObject);
  };
  return waiting ? Promise.all(waiting).then(done) : done();
}

function checkValue(field: FieldPlan, value: unknown, issues: IssueFact[]): MaybePromise<unknown> {
  const schema = field.reducer ? field.update : field.schema;
  if (schema)
    return chain(validated(schema, value, field.name, issues), (it) => checkJson(it, field, issues));
  return checkJson(value, field, issues);
}

function checkJson(value: unknown, field: FieldPlan, issues: IssueFact[]): unknown {
  if (issues.length === 0 && jsonSize(value) < 0) {
    const issue = notJson(value, field.name);
    if (issue) issues.push(issue);
  }
  return value;
}

/** What the schema makes of a value; what stands against it goes to `issues`. */
export function validated(
  schema: StandardSchema,
  value: unknown,
  name: string,
  issues: IssueFact[],
): MaybePromise<unknown> {
  return chain(schema["~standard"].validate(value), (result) => {
    if (result.issues === undefined) return result.value;
    for (const issue of result.issues) {
      const { path, message } = toFact(issue);
      issues.push({ path: path === "" || path.startsWith("[") ? name + path : `${name}.${path}`, message });
    }
    return value;
  });
}

/**
 * The values after some writes, by the reducers. Run again when a run is read back, so it depends on nothing else.
 *
 * @throws SalesAgentError `graph.node_failed` when a reducer throws.
 */
export function reduceWrites(plan: GraphPlan, values: JsonObject, writes: readonly TaskWrite[]): JsonObject {
  const next: Record<string, JsonValue> = { ...values };
  for (const { node, update } of writes) {
    for (const name in update) {
      const value = update[name] as JsonValue;
      const reducer = plan.fields.get(name)?.reducer;
      next[name] = reducer ? reduced(plan, node, reducer, next[name], value) : value;
    }
  }
  return Object.freeze(next);
}

function reduced(
  plan: GraphPlan,
  node: string,
  reducer: NonNullable<FieldPlan["reducer"]>,
  current: JsonValue | undefined,
  update: JsonValue,
): JsonValue {
  try {
    return asJson(reducer.reduce(current, update));
  } catch (error) {
    throw nodeFailed(plan.name, node, 1, error);
  }
}

/** Applies the checked writes of a superstep and holds the outcome to the state's rules. */
export function writeState(
  plan: GraphPlan,
  from: MeasuredValues,
  writes: readonly TaskWrite[],
): MaybePromise<MeasuredValues> {
  const values = reduceWrites(plan, from.values, writes);
  const measured = { values, bytes: checkSize(plan, from.bytes, values, writes) };
  return chain(checkReduced(plan, values, writes), () => measured);
}

/** Adds up what was written; only when that is over the limit, the state itself is measured. */
function checkSize(
  plan: GraphPlan,
  bytesBefore: number,
  values: JsonObject,
  writes: readonly TaskWrite[],
): number {
  let bytes = bytesBefore;
  for (const { update } of writes) bytes += jsonSize(update);
  if (bytes <= plan.maxStateBytes) return bytes;
  bytes = jsonSize(values);
  if (bytes <= plan.maxStateBytes) return bytes;
  throw tooLarge(plan, values, writes);
}

function tooLarge(plan: GraphPlan, values: JsonObject, writes: readonly TaskWrite[]): Error {
  let largest = { node: "input", path: "", bytes: -1 };
  for (const { node, update } of writes) {
    for (const path of Object.keys(update)) {
      const bytes = jsonSize(values[path]);
      if (bytes > largest.bytes) largest = { node, path, bytes };
    }
  }
  const total = jsonSize(values);
  const message =
    total < 0
      ? "a reducer gave what is no JSON"
      : `takes about ${largest.bytes} bytes, which makes a state of ${total}; maxStateBytes is ${plan.maxStateBytes}. Keep large things in a store of their own and their ids in the state`;
  return invalidState(plan.name, largest.node, [{ path: largest.path, message }]);
}

function checkReduced(
  plan: GraphPlan,
  values: JsonObject,
  writes: readonly TaskWrite[],
): MaybePromise<unknown> {
  let waiting: Promise<void>[] | undefined;
  for (const { node, update } of writes) {
    for (const name in update) {
      const field = plan.fields.get(name);
      if (!field?.reducer || !field.schema) continue;
      const issues: IssueFact[] = [];
      const refuse = () => {
        if (issues.length > 0) throw invalidState(plan.name, node, issues);
      };
      const checked = chain(validated(field.schema, values[name], name, issues), refuse);
      if (isPromise(checked)) {
        waiting ??= [];
        waiting.push(Promise.resolve(checked));
      }
    }
  }
  return waiting && Promise.all(waiting);
}

/** @throws SalesAgentError `graph.conflicting_writes` when two tasks wrote a field that has no reducer. */
export function refuseConflicts(plan: GraphPlan, tasks: readonly (readonly TaskWrite[])[]): void {
  const writers = new Map<string, { readonly task: number; readonly node: string }>();
  tasks.forEach((writes, task) => {
    for (const { node, update } of writes) {
      for (const name in update) {
        if (plan.fields.get(name)?.reducer) continue;
        const other = writers.get(name);
        if (other === undefined) writers.set(name, { task, node });
        else if (other.task !== task) {
          throw conflictingWrites(plan.name, name, other.node === node ? [node] : [other.node, node]);
        }
      }
    }
  });
}
