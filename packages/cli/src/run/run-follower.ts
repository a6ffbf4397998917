import type { GraphEvent } from "@salesagent/core/graph";
import type { FlowClaim, JsonObject, JsonValue } from "@salesagent/ports";
import type { AgentEntry } from "../agents/agent-entry.js";
import type { Io } from "../io.js";
import { dataInWords } from "../render/data-in-words.js";
import { formatUsd } from "../render/format-usd.js";
import { formatDuration } from "../render/progress-line.js";
import { costOfParts, partsOfRun } from "../session/cost-of-run.js";
import type { StoreSession } from "../session/open-session.js";
import { waitsInWords } from "../session/waits-in-words.js";
import type { World } from "../world/world.js";
import type { CostMeter } from "./cost-meter.js";
import { EXIT_CODES, type RunEnd } from "./run-end.js";
import type { FollowOptions } from "./run-options.js";
import { type AgentEvent, StepLines } from "./step-lines.js";

/** The run that is followed, and how. */
export interface FollowedRun {
  readonly entry: AgentEntry;
  readonly runId: string;
  readonly world: World;
  readonly store: StoreSession;
  readonly meter: CostMeter;
  readonly options: FollowOptions;
  readonly io: Io;
}

/** Tells what happens in one run, and what it came to: in words, or as a line of JSON each. */
export class RunFollower {
  readonly #run: FollowedRun;
  readonly #lines: StepLines | undefined;
  readonly #startedMs: number;
  #runId: string;

  constructor(run: FollowedRun) {
    const { options, io, store, meter } = run;
    this.#run = run;
    this.#runId = run.runId;
    this.#startedMs = store.clock.elapsed();
    const isTold = !options.json && !options.quiet;
    this.#lines = isTold ? new StepLines({ output: io.stdout, clock: store.clock, meter }) : undefined;
    if (isTold) io.stdout.write(`${run.entry.name} · ${run.world.modelName} · run ${run.runId}\n`);
  }

  /** Told what this process works on; other runs than this one are passed over. */
  onEvent(event: GraphEvent, { id }: Pick<FlowClaim, "id">): void {
    if (id !== this.#runId) return;
    const { entry } = this.#run;
    const told = entry.tells ? entry.tells(event) : event;
    if (told) this.#lines?.graphEvent(told);
    // What the fields are is in the updates, and at the end in the result.
    if (event.type !== "state") this.#json({ ...event });
  }

  /** Told what happens in an agent that is no graph. */
  agentEvent(event: AgentEvent): void {
    if (event.type === "run-started") this.#runId = String(event["runId"]);
    this.#lines?.agentEvent(event);
    this.#json(event);
  }

  /** Takes the live line away so that a question can be asked. */
  clear(): void {
    this.#lines?.clear();
  }

  /** @returns The exit code. */
  async finish(end: RunEnd): Promise<number> {
    this.#lines?.endStep();
    this.clear();
    const { options } = this.#run;
    const costUsd = end.status === "completed" && "costUsd" in end ? end.costUsd : await this.#cost();
    const latencyMs = this.#run.store.clock.elapsed() - this.#startedMs;
    if (options.json) this.#printJson(end, costUsd, latencyMs);
    else await this.#printWords(end, costUsd, latencyMs);
    return EXIT_CODES[end.status];
  }

  /** @returns The exit code, where the user did not wait for the end. */
  interrupted(): number {
    this.clear();
    const { io, store, entry } = this.#run;
    const runId = this.#runId;
    const goesOn = store.durable && entry.work.kind === "graph";
    io.stderr.write(
      goesOn
        ? `\nInterrupted. The run goes on where somebody works: salesagent runs work, or salesagent runs resume ${runId}; salesagent runs cancel ${runId} ends it.\n`
        : `\nInterrupted. The run is cancelled: ${store.durable ? `${entry.name} works in one go` : "with --store memory it ends with this process"}.\n`,
    );
    return 130;
  }

  async #cost(): Promise<number | undefined> {
    const { store, runId } = this.#run;
    const record = await store.stores.flows.get(runId);
    return record && costOfParts(await partsOfRun(store.stores.runs, record));
  }

  #json(event: { readonly type: string }): void {
    if (this.#run.options.json) this.#run.io.stdout.write(`${JSON.stringify(event)}\n`);
  }

  #printJson(end: RunEnd, costUsd: number | undefined, latencyMs: number): void {
    const { entry, world, io } = this.#run;
    const line = {
      ...{ type: "result", runId: this.#runId, agent: entry.name, status: end.status },
      ...{ model: world.modelName, ...(world.kind === "rehearsal" && { simulated: true }) },
      ...("state" in end && { result: entry.toResult(end.state) }),
      ...("on" in end && { waitsFor: end.on }),
      ...("error" in end && { error: end.error }),
      ...(end.status === "cancelled" && { by: end.by, reason: end.reason }),
      ...(costUsd !== undefined && { costUsd }),
      latencyMs: Math.round(latencyMs),
    };
    io.stdout.write(`${JSON.stringify(line)}\n`);
  }

  async #printWords(end: RunEnd, costUsd: number | undefined, latencyMs: number): Promise<void> {
    const { io, entry, world } = this.#run;
    const cost = costUsd === undefined ? "cost unknown" : `cost ${formatUsd(costUsd)}`;
    io.stdout.write(`\n${end.status} after ${formatDuration(latencyMs)} · ${cost}\n`);
    if (end.status === "failed") io.stderr.write(`${end.error.message} (${end.error.code})\n`);
    if (end.status === "cancelled") io.stdout.write(`by ${end.by}: ${end.reason}\n`);
    if (end.status === "completed") {
      const isSimulated: Record<string, JsonValue> = world.kind === "rehearsal" ? { simulated: true } : {};
      io.stdout.write(`${dataInWords({ ...entry.toResult(end.state), ...isSimulated })}\n`);
    }
    if (end.status === "waiting") await this.#printWaits(end.state, end.on);
    const { durable } = this.#run.store;
    if (durable && end.status === "failed") io.stderr.write(`  salesagent runs retry ${this.#runId}\n`);
  }

  async #printWaits(state: JsonObject, on: (RunEnd & { readonly status: "waiting" })["on"]): Promise<void> {
    const { store, entry, io } = this.#run;
    io.stdout.write(`${await waitsInWords(store, { runId: this.#runId, state, on, entry })}\n`);
    io.stdout.write(
      store.durable
        ? `Once it is answered it goes on where somebody works: salesagent runs resume ${this.#runId}, or salesagent runs work.\n`
        : "Nobody can answer it any more: with --store memory it ends with this process. Use --store pg, a terminal, or --yes in a rehearsal.\n",
    );
  }
}
