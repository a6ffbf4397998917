import { type JsonValue, SalesAgentError, systemClock } from "@salesagent/ports";
import { expect } from "vitest";
import { advance } from "../advance.js";
import { applyDelta } from "../apply-delta.js";
import { begin } from "../begin.js";
import type { FlowDelta, FlowHost, FlowSnapshot } from "../flow.js";
import { beginOfVersion, migrateRun } from "../migrate-run.js";
import { ANSWER, asRandomState, buildGraph, type RandomGraph, renaming, type World } from "./random-graph.js";
import type { ReferenceEnd } from "./reference-run.js";

/** The death of a process: nothing that it held is there afterwards. */
class Crash extends Error {}

/** Where processes die, counted over all of them. */
export type CrashPoints = ReadonlySet<number>;

/** What the nodes of the newer version are called, where there is one. */
export type Renamed = ((name: string) => string) | undefined;

/** Keeps what a store would, as JSON, and lets processes die at the given points. */
class CrashingStore implements World {
  readonly #crashes: CrashPoints;
  readonly #pass: () => Promise<void>;
  #points = 0;
  #process = 0;
  #snapshot: string | undefined;
  #version = "1";
  readonly #steps = new Map<string, string>();
  readonly #answers = new Map<string, string>();
  /** Effects whose steps were remembered at some time. */
  readonly #remembered = new Set<string>();

  constructor(crashes: CrashPoints, pass: () => Promise<void>) {
    this.#crashes = crashes;
    this.#pass = pass;
  }

  /** @param renamed - Every process but the first has only a newer version of the graph. */
  async run(graph: RandomGraph, renamed: Renamed): Promise<ReferenceEnd> {
    const first = buildGraph(graph, this).plan;
    const newer = renamed && {
      called: renamed,
      version: "2",
      migrations: [renaming(graph, renamed)],
    };
    const later = newer ? buildGraph(graph, this, newer).plan : first;
    for (;;) {
      const process = ++this.#process;
      try {
        return await this.#live(process === 1 ? first : later, process);
      } catch (error) {
        // What a dead process makes of its death, nobody hears.
        if (process !== this.#process) continue;
        if (SalesAgentError.is(error)) return { code: error.code };
        throw error;
      }
    }
  }

  done(context: { readonly runId: string }, effect: string): void {
    this.#refuseDead(Number(context.runId));
    expect(this.#remembered, "a step that is remembered runs again").not.toContain(effect);
  }

  async pass(context: { readonly runId: string }): Promise<void> {
    await this.#pass();
    this.#refuseDead(Number(context.runId));
  }

  async #live(plan: ReturnType<typeof buildGraph>["plan"], process: number): Promise<ReferenceEnd> {
    if (plan.version !== this.#version) await this.#migrate(plan);
    let snapshot = this.#snapshot ? (JSON.parse(this.#snapshot) as FlowSnapshot) : await begin(plan, {});
    const host = this.#host(process);
    for (;;) {
      const step = await advance(plan, snapshot, host);
      this.#point(process);
      if (step.kind === "waiting") {
        for (const { name } of step.on) this.#answers.set(name, JSON.stringify(ANSWER));
        continue;
      }
      const replayed = applyDelta(plan, fromJson(snapshot), fromJson<FlowDelta>(step.delta));
      expect(fromJson(replayed)).toEqual(fromJson(step.snapshot));
      this.#snapshot = JSON.stringify(step.snapshot);
      this.#steps.clear();
      this.#point(process);
      if (step.kind === "finished") return { state: asRandomState(step.output) };
      snapshot = step.snapshot;
    }
  }

  async #migrate(plan: ReturnType<typeof buildGraph>["plan"]): Promise<void> {
    const kept = this.#snapshot ? (JSON.parse(this.#snapshot) as FlowSnapshot) : undefined;
    const snapshot = kept ?? (await beginOfVersion(plan, this.#version, {}));
    const known = [...this.#steps].map(([key, value]) => ({ key, value: JSON.parse(value) as JsonValue }));
    const migrated = await migrateRun(plan, this.#version, { snapshot, steps: known });
    this.#snapshot = JSON.stringify(migrated.snapshot);
    this.#steps.clear();
    for (const { key, value } of migrated.steps) this.#steps.set(key, JSON.stringify(value));
    this.#version = plan.version;
  }

  #host(process: number): FlowHost {
    return {
      runId: String(process),
      clock: systemClock,
      random: () => 0.5,
      recall: (key) => parsed(this.#steps.get(key)),
      event: (name) => parsed(this.#answers.get(name)),
      remember: async (key, value, taken) => {
        this.#point(process);
        await this.#pass();
        this.#refuseDead(process);
        this.#steps.set(key, JSON.stringify(value));
        if (taken !== undefined) this.#answers.delete(taken);
        if (typeof value === "string") this.#remembered.add(value);
        this.#point(process);
      },
    };
  }

  #point(process: number): void {
    this.#refuseDead(process);
    if (!this.#crashes.has(this.#points++)) return;
    this.#process++;
    throw new Crash();
  }

  #refuseDead(process: number): void {
    if (process !== this.#process) throw new Crash();
  }
}

const parsed = (text: string | undefined): JsonValue | undefined =>
  text === undefined ? undefined : (JSON.parse(text) as JsonValue);

const fromJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** Runs a random graph to its end, process after process. */
export function crashingRun(
  graph: RandomGraph,
  crashes: CrashPoints,
  pass: () => Promise<void> = () => Promise.resolve(),
  renamed?: Renamed,
): Promise<ReferenceEnd> {
  return new CrashingStore(crashes, pass).run(graph, renamed);
}
