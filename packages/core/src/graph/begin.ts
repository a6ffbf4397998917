import type { IssueFact, JsonObject, JsonValue } from "@salesagent/ports";
import type { FlowSnapshot } from "./flow.js";
import { invalidState } from "./graph-errors.js";
import type { GraphPlan } from "./graph-plan.js";
import { chain, isPromise, type MaybePromise } from "./maybe-promise.js";
import { routeStart } from "./route.js";
import { Snapshot } from "./snapshot.js";
import { asJson, jsonSize } from "./state-size.js";
import { checkUpdate, type MeasuredValues, validated, writeState } from "./write-state.js";

/**
 * The state before the first superstep: defaults, and the input written over them by the fields' reducers.
 *
 * @throws SalesAgentError `graph.state_invalid`, naming the `input`.
 */
export function begin(plan: GraphPlan, input: unknown): MaybePromise<FlowSnapshot> {
  return chain(beginValues(plan, input), ({ values, bytes }) => start(plan, values, bytes));
}

/** As {@link begin}, without where it begins. */
export function beginValues(plan: GraphPlan, input: unknown): MaybePromise<MeasuredValues> {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw invalidState(plan.name, "input", [{ path: "", message: "it must be an object of fields" }]);
  }
  return chain(checkUpdate(plan, "input", input), (update) =>
    chain(initialValues(plan, update), (initial) => {
      const from = { values: initial, bytes: jsonSize(initial) };
      return writeState(plan, from, [{ node: "input", update }]);
    }),
  );
}

/** As {@link begin}, with values that are taken as they are: those of the graph around. */
export function seed(plan: GraphPlan, shared: JsonObject): MaybePromise<FlowSnapshot> {
  return chain(initialValues(plan, shared), (initial) => {
    const values = { ...initial, ...shared };
    return start(plan, values, jsonSize(values));
  });
}

function start(plan: GraphPlan, values: JsonObject, bytes: number): MaybePromise<FlowSnapshot> {
  return chain(routeStart(plan, values), ({ tasks, joins }) => new Snapshot(0, values, tasks, joins, bytes));
}

/** Defaults; and for a field without one that was not given, what its schema makes of nothing. */
function initialValues(plan: GraphPlan, given: JsonObject): MaybePromise<JsonObject> {
  const values: Record<string, JsonValue> = {};
  const issues: IssueFact[] = [];
  let waiting: Promise<unknown>[] | undefined;
  for (const field of plan.fields.values()) {
    if (field.default) values[field.name] = asJson(field.default());
    else if (field.schema && given[field.name] === undefined) {
      const value = chain(validated(field.schema, undefined, field.name, issues), (made) => {
        if (made !== undefined) values[field.name] = asJson(made);
      });
      if (isPromise(value)) {
        waiting ??= [];
        waiting.push(value);
      }
    }
  }
  const done = () => {
    if (issues.length > 0) throw invalidState(plan.name, "input", issues);
    return values;
  };
  return waiting ? Promise.all(waiting).then(done) : done();
}
