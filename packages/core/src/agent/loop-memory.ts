import type { JsonObject, JsonValue, ModelResult, ToolMessage } from "@salesagent/ports";
import type { EffectSlots } from "../effects/index.js";
import { toRecord } from "../kernel/to-record.js";
import type { ToolOutcome } from "../tools/tool.js";

/**
 * Remembers the parts of a run that are done, for a run that is begun again, such as by a node that waited for a person. Each part
 * is remembered once.
 */
export interface PartMemory {
  recall(part: string): JsonValue | undefined;
  remember(part: string, value: JsonValue): Promise<void>;
}

/** The longest name of a part that is a run of another agent. */
const LONGEST_PREFIX = 120;

/** The memory of a part that has parts itself; none where its name would be too long. */
export function withinPart(memory: PartMemory, part: string): PartMemory | undefined {
  if (part.length > LONGEST_PREFIX) return undefined;
  return {
    recall: (name) => memory.recall(`${part}/${name}`),
    remember: (name, value) => memory.remember(`${part}/${name}`, value),
  };
}

/**
 * What one loop of a run has done: its model's answers, and what its tools found. What is remembered is always the loop's beginning,
 * without a gap, so that what follows on it was said to what is recalled.
 */
export class LoopMemory {
  readonly #memory: PartMemory;
  readonly #loop: number;
  readonly #slots: EffectSlots | undefined;
  /** Answers that were rejected: they count only where the loop got over them. */
  #held: { readonly part: string; readonly value: JsonValue }[] = [];

  /** @param loop - Tells the loops of one run apart. @param slots - The places of what the run's tools write. */
  constructor(memory: PartMemory, loop: number, slots: EffectSlots | undefined) {
    this.#memory = memory;
    this.#loop = loop;
    this.#slots = slots;
  }

  answer(step: number): ModelResult | undefined {
    const kept = this.#memory.recall(this.#part("model", step));
    return kept as (JsonValue & ModelResult) | undefined;
  }

  async keepAnswer(step: number, result: ModelResult): Promise<void> {
    if (this.answer(step)) return;
    const held = this.#held;
    this.#held = [];
    for (const { part, value } of held) await this.#memory.remember(part, value);
    await this.#memory.remember(this.#part("model", step), toData(result));
  }

  holdAnswer(step: number, result: ModelResult): void {
    if (this.answer(step)) return;
    this.#held.push({ part: this.#part("model", step), value: toData(result) });
  }

  /** What the tools of one step found. */
  at(step: number): StepMemory {
    return new StepMemory(this.#memory, `${this.#loop}-${step}`, this.#slots);
  }

  #part(what: string, step: number): string {
    return `${what}-${this.#loop}-${step}`;
  }
}

/** What the tools of one step of a loop came to. */
export class StepMemory {
  readonly #memory: PartMemory;
  readonly #place: string;
  readonly #slots: EffectSlots | undefined;

  constructor(memory: PartMemory, place: string, slots: EffectSlots | undefined) {
    this.#memory = memory;
    this.#place = place;
    this.#slots = slots;
  }

  /** Effects that come after it are named as they would be after the step itself. */
  findings(): ToolMessage | undefined {
    const kept = this.#memory.recall(`tools-${this.#place}`) as Findings | undefined;
    if (kept?.taken) this.#slots?.restore(kept.taken);
    return kept?.message;
  }

  async keepFindings(message: ToolMessage): Promise<void> {
    const taken = this.#slots?.taken();
    const kept = toData(message);
    await this.#memory.remember(`tools-${this.#place}`, taken ? { message: kept, taken } : { message: kept });
  }

  /** One call that changes nothing, beside others that may end the run before the step is done. */
  async once(call: number, run: () => Promise<ToolOutcome>): Promise<ToolOutcome> {
    const part = `tool-${this.#place}-${call}`;
    const kept = this.#memory.recall(part) as (JsonValue & ToolOutcome) | undefined;
    if (kept) return kept;
    const outcome = await run();
    await this.#memory.remember(part, toData(outcome));
    return outcome;
  }
}

type Findings = JsonObject & {
  readonly message: JsonObject & ToolMessage;
  readonly taken?: Readonly<Record<string, readonly number[]>>;
};

/** What a model wrote may hold characters that no storage takes. */
const toData = (value: object): JsonValue => toRecord(JSON.parse(JSON.stringify(value)) as JsonValue);
