import type { ContinueEvent, ModelEvent, ModelRequest, RestartEvent, Usage } from "@salesagent/ports";
import { addUsage } from "../model/add-usage.js";
import type { Attempt } from "../model/attempt.js";
import { ContinuationProof, mayContinue, PartialText } from "./takeover.js";

/** What a takeover goes on from. */
interface Broken {
  readonly errorCode: string;
  /** The text to go on with, where that may be. */
  readonly text: string | undefined;
  /** What the model used whose text was given. */
  readonly usage: Usage | undefined;
}

/**
 * What the reader of a routed call is given, whoever writes the answer: the first model's events as they are, a `restart` or a
 * `continue` in place of a successor's start, and a continuation only once it is proved to be one.
 */
export class AnswerRelay {
  readonly #partial: PartialText | undefined;
  #given = false;
  /** Set from the failure of a model in the middle until the reader has been told of its successor. */
  #broken: Broken | undefined;
  #proof: ContinuationProof | undefined;
  /** Of the models whose text is part of the answer, before the one that runs now. */
  #usageBefore: Usage | undefined;

  constructor(takeover: "restart" | "continue", request: ModelRequest) {
    if (takeover === "continue" && mayContinue(request)) this.#partial = new PartialText();
  }

  /** The text that a successor may go on with. */
  get continuable(): string | undefined {
    return this.#broken?.text;
  }

  /** Notes that the model broke off which was writing. @param usage - What it had used. */
  brokeOff(errorCode: string, usage: Usage | undefined): void {
    this.#proof = undefined;
    // Of a model whose text nobody was given yet, nothing is part of the answer.
    if (!this.#given || this.#broken) return;
    this.#broken = { errorCode, text: this.#partial?.continuable, usage };
  }

  /** Drops a continuation that may double a part of the text, or lose one: the answer is to be written anew. */
  dropped(): void {
    const { errorCode = "model.stream_cut" } = this.#broken ?? {};
    this.#broken = { errorCode, text: undefined, usage: undefined };
    this.#proof = undefined;
    this.#usageBefore = undefined;
  }

  /** Notes who takes over. */
  takenOver({ plan }: Attempt): void {
    if (plan.purpose !== "continuation") {
      this.#usageBefore = undefined;
      return;
    }
    this.#usageBefore = addUsage(this.#usageBefore ?? {}, this.#broken?.usage ?? {});
    this.#proof = new ContinuationProof(this.#broken?.text ?? "");
  }

  /**
   * The events for the reader; none while a continuation is being proved.
   *
   * @returns Nothing where they may not be passed on: drop the attempt, and ask anew.
   */
  pass(events: readonly ModelEvent[], attempt: Attempt): readonly ModelEvent[] | undefined {
    if (dropsBeginning(attempt, events)) return undefined;
    const passed = this.#passed(events, attempt);
    if (!passed || passed.length === 0) return passed;
    this.#given = true;
    if (this.#partial) for (const event of passed) this.#partial.note(event);
    return passed;
  }

  /** What all models used that wrote a part of the answer. */
  usageOf(last: Usage): Usage {
    return this.#usageBefore ? addUsage(this.#usageBefore, last) : last;
  }

  #passed(events: readonly ModelEvent[], attempt: Attempt): readonly ModelEvent[] | undefined {
    if (!this.#proof) return this.#broken ? this.#told(events, attempt, "restart") : events;
    const proved = this.#proof.push(events);
    if (!proved) return [];
    if (proved.verdict === "doubtful") return undefined;
    this.#proof = undefined;
    if (proved.verdict === "on") return this.#told(proved.events, attempt, "continue");
    this.#usageBefore = undefined;
    return this.#told(proved.events, attempt, "restart");
  }

  /** Tells a takeover in place of the start. */
  #told(
    events: readonly ModelEvent[],
    { plan, start }: Attempt,
    type: "restart" | "continue",
  ): readonly ModelEvent[] {
    const errorCode = this.#broken?.errorCode ?? "internal";
    this.#broken = undefined;
    const { provider, modelId } = plan;
    const begin = start ?? { provider, modelId, warnings: [], rateLimits: [] };
    const takeover: RestartEvent | ContinueEvent = { ...begin, type, errorCode };
    return [takeover, ...events.filter((event) => event.type !== "start")];
  }
}

/** A router that goes on with a text can't begin it anew after a failure of its own: it was not told to write the beginning. */
function dropsBeginning({ plan }: Attempt, events: readonly ModelEvent[]): boolean {
  return plan.purpose === "continuation" && events.some(({ type }) => type === "restart");
}
