import type { JsonValue, StandardSchema } from "@salesagent/ports";
import { toFact } from "../model/validate.js";
import { checkSpan } from "../resilience/check-option.js";
import type { WaitFor } from "./flow.js";
import { stepConflict } from "./graph-errors.js";
import type { InterruptOptions, NodeContext } from "./node-context.js";
import { asJson } from "./state-size.js";
import type { TaskRun } from "./task-run.js";
import { WaitSignal } from "./wait-signal.js";

/** What one try of a task is given. */
export class TaskContext implements NodeContext {
  readonly attempt: number;
  readonly #run: TaskRun;
  #signal: AbortSignal | undefined;
  #names: Set<string> | undefined;
  #waits: WaitFor[] | undefined;
  /** Answers that are being kept; the task does not end before. */
  #keeping: Promise<void>[] | undefined;
  #asked = 0;

  constructor(run: TaskRun, attempt: number, signal: AbortSignal | undefined) {
    this.#run = run;
    this.attempt = attempt;
    this.#signal = signal;
  }

  get runId(): string {
    return this.#run.host.runId;
  }

  get tenant(): string | undefined {
    return this.#run.host.tenant;
  }

  get graph(): string {
    return this.#run.plan.name;
  }

  get node(): string {
    return this.#run.node.name;
  }

  get taskKey(): string {
    return this.#run.key;
  }

  get fence(): number | undefined {
    return this.#run.host.fence;
  }

  get superstep(): number {
    return this.#run.superstep;
  }

  /** Made when it is asked for: most nodes of most runs need none. */
  get signal(): AbortSignal {
    this.#signal ??= new AbortController().signal;
    return this.#signal;
  }

  /** What the node waits for. */
  get waits(): readonly WaitFor[] | undefined {
    return this.#waits;
  }

  get keeping(): Promise<unknown> | undefined {
    return this.#keeping && Promise.all(this.#keeping);
  }

  async step<T>(name: string, work: () => T | Promise<T>): Promise<T> {
    this.#refuseMore();
    this.#takeName(name);
    const kept = this.recall(name);
    if (kept !== undefined) return kept as T;
    const value = (await work()) ?? null;
    // Also after an abort: what was done is worth remembering.
    await this.#run.remember(`${this.#run.key}/${name}`, asJson(value));
    return value as T;
  }

  recall(name: string): JsonValue | undefined {
    return this.#run.recall(`${this.#run.key}/${name}`);
  }

  async remember(name: string, value: JsonValue): Promise<void> {
    this.#takeName(name);
    if (this.recall(name) !== undefined) throw stepConflict(this.graph, this.node, name);
    await this.#run.remember(`${this.#run.key}/${name}`, value);
  }

  #takeName(name: string): void {
    if (typeof name !== "string" || name.length < 1 || name.length > 200 || name.startsWith(":")) {
      throw new TypeError(`ctx.step: the name must be 1 to 200 characters that don't begin with ":"`);
    }
    this.#names ??= new Set();
    if (this.#names.has(name)) throw stepConflict(this.graph, this.node, name);
    this.#names.add(name);
  }

  interrupt<Answer = JsonValue>(
    payload: JsonValue,
    options: InterruptOptions<Answer> & { readonly until: string },
  ): Answer | undefined;
  interrupt<Answer = JsonValue>(payload: JsonValue, options?: InterruptOptions<Answer>): Answer;
  interrupt<Answer = JsonValue>(
    payload: JsonValue,
    options: InterruptOptions<Answer> = {},
  ): Answer | undefined {
    const key = `${this.#run.key}/:interrupt:${this.#asked++}`;
    const { schema, name = key, until } = options;
    const { host } = this.#run;
    if (this.#run.recall(`${key}:over`) !== undefined) return undefined;
    const kept = this.#run.recall(key);
    const answer = kept ?? host.event(name);
    const wait = {
      kind: "interrupt",
      name,
      node: this.node,
      payload,
      ...(until && { dueAt: until }),
    } as const;
    if (answer === undefined) {
      if (until === undefined || host.clock.now() < instantOf(until)) return this.#wait(wait);
      this.#keep(`${key}:over`, true);
      return undefined;
    }
    const checked = schema ? checkAnswer(schema, answer) : { value: answer as Answer };
    if ("problem" in checked) return this.#wait({ ...wait, problem: checked.problem });
    if (kept === undefined) this.#keep(key, answer, name);
    return checked.value;
  }

  async sleep(durationMs: number): Promise<void> {
    checkSpan("ctx.sleep: durationMs", durationMs, 0);
    const name = `${this.#run.key}/:sleep:${this.#asked++}`;
    const dueAt = await this.#due(name, durationMs);
    if (this.#run.host.clock.now() < Date.parse(dueAt)) {
      this.#wait({ kind: "sleep", name, node: this.node, dueAt });
    }
  }

  async waitFor<Payload = JsonValue>(name: string, options: { readonly timeoutMs?: number } = {}) {
    const key = `${this.#run.key}/:wait:${this.#asked++}`;
    const kept = this.#run.recall(key);
    if (kept !== undefined) return fromKept<Payload>(kept);
    const payload = this.#run.host.event(name);
    if (payload !== undefined) {
      await this.#run.remember(key, [payload], name);
      return payload as Payload;
    }
    if (options.timeoutMs === undefined) return this.#wait({ kind: "event", name, node: this.node });
    checkSpan("ctx.waitFor: timeoutMs", options.timeoutMs, 0);
    const dueAt = await this.#due(`${key}:due`, options.timeoutMs);
    if (this.#run.host.clock.now() < Date.parse(dueAt)) {
      return this.#wait({ kind: "event", name, node: this.node, dueAt });
    }
    await this.#run.remember(key, []);
    return undefined as Payload;
  }

  emit(data: JsonValue): void {
    const { host, superstep, index, node } = this.#run;
    const event = {
      type: "custom",
      runId: host.runId,
      path: [],
      superstep,
      node: node.name,
      index,
      data,
    } as const;
    host.emit?.(event);
  }

  /** The time that was set when the wait began first. */
  async #due(key: string, durationMs: number): Promise<string> {
    const kept = this.#run.recall(key);
    if (typeof kept === "string") return kept;
    const dueAt = new Date(this.#run.host.clock.now() + durationMs).toISOString();
    await this.#run.remember(key, dueAt);
    return dueAt;
  }

  #keep(key: string, value: JsonValue, taken?: string): void {
    const keeping = this.#run.remember(key, value, taken);
    if (keeping) {
      this.#keeping ??= [];
      this.#keeping.push(keeping);
      keeping.catch(() => {}); // told when the task ends
    }
  }

  #wait(on: WaitFor): never {
    this.#waits ??= [];
    this.#waits.push(on);
    throw new WaitSignal(this.node);
  }

  /** A node that goes on after its wait was noted, or its time was over, begins nothing new. */
  #refuseMore(): void {
    if (this.#waits) throw new WaitSignal(this.node);
    this.#signal?.throwIfAborted();
  }
}

const fromKept = <Payload>(kept: JsonValue): Payload => (kept as readonly JsonValue[])[0] as Payload;

function instantOf(until: string): number {
  const instant = Date.parse(until);
  if (Number.isNaN(instant)) throw new TypeError("ctx.interrupt: until must be a time as ISO 8601");
  return instant;
}

function checkAnswer<Answer>(
  schema: StandardSchema<unknown, Answer>,
  answer: JsonValue,
): { readonly value: Answer } | { readonly problem: string } {
  const result = schema["~standard"].validate(answer);
  if (result instanceof Promise) {
    throw new TypeError("ctx.interrupt: the schema of an answer must not wait for anything");
  }
  if (result.issues === undefined) return { value: result.value };
  const told = result.issues
    .map(toFact)
    .map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  return { problem: told.join("; ") };
}
