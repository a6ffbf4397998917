import type { GraphEvent } from "@salesagent/core/graph";
import type { Clock, JsonObject } from "@salesagent/ports";
import type { Output } from "../io.js";
import { updateInWords } from "../render/data-in-words.js";
import { formatUsd } from "../render/format-usd.js";
import { plainCell } from "../render/table.js";
import { type CostMeter, sumOfCosts } from "./cost-meter.js";
import { LiveTail } from "./live-tail.js";

/** An event of an agent, whatever its kind is. */
export interface AgentEvent {
  readonly type: string;
  readonly [name: string]: unknown;
}

/** A piece of work that is under way. */
interface Task {
  readonly startedMs: number;
  /** Costs of the agents that it told of; undefined for one that is not known. */
  readonly costs: (number | undefined)[];
}

/** What the events of a conversation's turn say is done: the step, and what came of it. */
const TURN_STEPS: Readonly<Record<string, (event: AgentEvent) => readonly [step: string, words: string]>> = {
  transcript: ({ text }) => ["transcribe", `heard ${JSON.stringify(text)}`],
  intent: ({ intent, confidence }) => ["intent", `${intent} · confidence ${confidence}`],
  "turn-completed": ({ text, spokenCharacters }) => [
    "respond",
    `${String(text).length} characters, ${Number(spokenCharacters) > 0 ? "spoken" : "written"}`,
  ],
};

const TIME_CHARS = 8;
const NAME_CHARS = 12;

/** What a run's steps are shown with. */
export interface StepLinesOptions {
  readonly output: Output;
  readonly clock: Clock;
  /** Counts the agents that tell nothing themselves. */
  readonly meter?: CostMeter | undefined;
  /** Stands before each line, such as a run's id where there are several. */
  readonly prefix?: string | undefined;
}

/** Shows what happens in a run: a line for each step, with its time and cost; on a terminal also what is being written. */
export class StepLines {
  readonly #options: StepLinesOptions;
  readonly #live: LiveTail;
  readonly #tasks = new Map<string, Task>();
  #turnMs: number;
  #step: { readonly name: string; readonly startedMs: number; words: string } | undefined;

  constructor(options: StepLinesOptions) {
    this.#options = options;
    this.#live = new LiveTail(options.output, options.clock);
    this.#turnMs = options.clock.elapsed();
  }

  /** Something happened in a graph. */
  graphEvent(event: GraphEvent<unknown, unknown>): void {
    if (event.type === "run-started" && event.superstep > 0 && event.path.length === 0) {
      this.line(`goes on after step ${event.superstep}`);
    }
    if (!("node" in event)) return;
    const name = [...event.path, event.node].join("/");
    const key = `${name} ${event.superstep} ${event.index}`;
    if (event.type === "node-started") {
      this.#tasks.set(key, { startedMs: this.#nowMs(), costs: [] });
      this.#live.begin(name);
    } else if (event.type === "node-retried") {
      this.line(`↻ ${name} failed (${plainCell(event.message)}), once more in ${event.waitMs} ms`);
    } else if (event.type === "custom") {
      this.#custom(name, this.#tasks.get(key), event.data as JsonObject);
    } else {
      const task = this.#tasks.get(key);
      this.#tasks.delete(key);
      const words =
        event.from === "run" ? "" : event.from === "cache" ? "(from its cache) " : "(done before) ";
      this.#done(name, task, words + updateInWords(toObject(event.update)));
    }
  }

  /** Something happened in an agent that is no graph. */
  agentEvent(event: AgentEvent): void {
    if (event.type === "step-started") {
      this.endStep();
      const name = String(event["kind"]);
      this.#step = { name, startedMs: this.#nowMs(), words: String(event["name"]) };
      this.#live.begin(name);
    }
    if (event.type === "rules-scored" && this.#step)
      this.#step.words += ` · score ${event["score"]} ${event["tier"]}`;
    if (event.type === "degraded")
      this.line(`the model could not be used (${event["code"]}): the rules stand`);
    const turnStep = Object.hasOwn(TURN_STEPS, event.type) ? TURN_STEPS[event.type] : undefined;
    if (turnStep) {
      const [name, words] = turnStep(event);
      this.#done(name, { startedMs: this.#turnMs, costs: [] }, words);
      this.#turnMs = this.#nowMs();
    }
    this.#told(this.#step?.name ?? "reply", undefined, event);
  }

  /** The step that is under way, of an agent that is no graph, is done. */
  endStep(): void {
    const step = this.#step;
    this.#step = undefined;
    if (step) this.#done(step.name, { startedMs: step.startedMs, costs: [] }, step.words);
  }

  /** A line of its own. */
  line(text: string): void {
    this.#live.clear();
    this.#options.output.write(`${this.#options.prefix ?? ""}${" ".repeat(TIME_CHARS + 2)}${text}\n`);
  }

  /** Nothing more is being written. */
  clear(): void {
    this.#live.clear();
  }

  #done(name: string, task: Task | undefined, words: string): void {
    const tookMs = task ? this.#nowMs() - task.startedMs : 0;
    const time = `${(tookMs / 1_000).toFixed(2)} s`.padStart(TIME_CHARS);
    this.#live.clear();
    const { output, prefix = "" } = this.#options;
    output.write(
      `${prefix}${time}  ${plainCell(name).padEnd(NAME_CHARS)} ${words}${this.#costInWords(task)}\n`,
    );
  }

  #costInWords(task: Task | undefined): string {
    const told = task?.costs ?? [];
    const cost = told.length > 0 ? { costUsd: sumOfCosts(told) } : this.#options.meter?.take();
    if (!cost) return "";
    return ` · ${cost.costUsd === undefined ? "cost unknown" : formatUsd(cost.costUsd)}`;
  }

  #custom(node: string, task: Task | undefined, data: JsonObject): void {
    const event = data["event"];
    if (typeof data["agent"] === "string" && isEvent(event)) {
      this.#told(node, task, event);
      return;
    }
    const { type, ...rest } = data;
    const words = updateInWords(rest);
    this.line(`· ${plainCell(String(type ?? "told"))}${words === "" ? "" : ` ${words}`}`);
  }

  /** What an agent tells while it works. */
  #told(name: string, task: Task | undefined, event: AgentEvent): void {
    const { type } = event;
    if ((type === "text-delta" || type === "reasoning-delta") && typeof event["text"] === "string") {
      this.#live.say(name, event["text"]);
    } else if (type === "tool-started") {
      this.line(`↳ ${event["name"]} ${plainCell(JSON.stringify(event["input"]))}`);
    } else if (type === "tool-finished" && event["failed"] === true) {
      this.line(`↳ ${event["name"]} failed`);
    } else if (type === "restart" || type === "continue") {
      this.line(`↻ ${event["errorCode"]}: ${event["provider"]}/${event["modelId"]} takes over`);
    } else if (type === "output-rejected") {
      this.line(`↻ ${name}: the answer did not have the right shape`);
    } else if (type === "run-completed" && task) {
      const summary = event["summary"] as { readonly runId: string; readonly costUsd?: number };
      task.costs.push(summary.costUsd);
      this.#options.meter?.forget(summary.runId);
    }
  }

  #nowMs(): number {
    return this.#options.clock.elapsed();
  }
}

function isEvent(value: unknown): value is AgentEvent {
  return typeof value === "object" && value !== null && "type" in value;
}

function toObject(value: unknown): JsonObject {
  return typeof value === "object" && value !== null ? (value as JsonObject) : {};
}
