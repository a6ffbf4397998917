import {
  type LanguageModel,
  type Message,
  type ModelRequest,
  SalesAgentError,
  type StandardSchema,
  systemMessage,
  userMessage,
} from "@salesagent/ports";
import { StructuredOutput } from "../model/structured-output.js";
import { describeIssues, validate } from "../model/validate.js";
import { type AgentDescription, printed } from "./agent-description.js";
import { type AgentOptions, BaseAgent } from "./base-agent.js";
import { type ModelLoopOptions, runModelLoop, toRequest } from "./model-loop.js";
import type { RunContext } from "./run-context.js";
import type { WorkEvent } from "./run-event.js";
import { openThread } from "./thread-memory.js";

/** What an agent is made from. */
export interface AgentDefinition<Input, Output> extends AgentOptions {
  /** Such as `writer`; part of every record. */
  readonly name: string;
  /** What the model is told of its task. */
  readonly instructions: string;
  readonly model: LanguageModel;
  /** Checks what a run is given. @defaultValue any text or plain data */
  readonly input?: StandardSchema<unknown, Input> | undefined;
  /** The shape of the answer; any Standard Schema that prints JSON Schema. @defaultValue text */
  readonly output?: StandardSchema<unknown, Output> | undefined;
  /** Writes the prompt of a run. @defaultValue the input, as text or as JSON */
  readonly prompt?: ((input: Input) => string | readonly Message[]) | undefined;
  /** Model calls of a run, in all. @defaultValue 10 */
  readonly maxSteps?: number | undefined;
  /** How often an answer of the wrong shape is asked for again. @defaultValue 1 */
  readonly maxRepairs?: number | undefined;
  /** Further fields of each request, such as `reasoning` or `maxOutputTokens`. */
  readonly request?: Omit<ModelRequest, "messages" | "tools" | "output"> | undefined;
}

/** An agent that was defined by its instructions, tools and output. */
export type Agent<Input, Output> = BaseAgent<Input, Output>;

/**
 * Makes an agent from instructions, tools and the shape of its answer. Types follow from the schemas.
 *
 * @throws TypeError or RangeError naming the option that is wrong.
 */
export function defineAgent<Input = string, Output = string>(
  definition: AgentDefinition<Input, Output>,
): Agent<Input, Output> {
  return new DefinedAgent(definition);
}

const TEXT = { type: "string" };

class DefinedAgent<Input, Output> extends BaseAgent<Input, Output> {
  readonly name: string;
  readonly #definition: AgentDefinition<Input, Output>;
  readonly #output: StructuredOutput<Output> | undefined;
  readonly #maxSteps: number;
  readonly #maxRepairs: number;

  constructor(definition: AgentDefinition<Input, Output>) {
    super(definition);
    if (definition.name.trim() === "") throw new TypeError("agent.name is empty");
    this.name = definition.name;
    this.#definition = definition;
    this.#output =
      definition.output && new StructuredOutput(definition.output, toSchemaName(definition.name));
    this.#maxSteps = wholeNumber("maxSteps", definition.maxSteps ?? 10, 1);
    this.#maxRepairs = wholeNumber("maxRepairs", definition.maxRepairs ?? 1, 0);
  }

  protected override systemPrompt(): string {
    return this.#definition.instructions;
  }

  override describe(): AgentDescription {
    const input = printed(this.#definition.input, "input");
    const output = this.#definition.output ? printed(this.#definition.output, "output") : TEXT;
    return { ...super.describe(), ...(input && { input }), ...(output && { output }) };
  }

  protected override async *processTask(
    given: Input,
    context: RunContext,
  ): AsyncGenerator<WorkEvent, Output, void> {
    const input = await this.#checkInput(given);
    const { model, request } = this.#definition;
    const instructions = systemMessage(this.systemPrompt());
    const prompt = this.#prompt(input);
    const loop: ModelLoopOptions<Output> = {
      agent: this.name,
      model,
      messages: [instructions, ...prompt],
      tools: this.tools,
      output: this.#output,
      maxSteps: this.#maxSteps,
      maxRepairs: this.#maxRepairs,
      request,
    };
    const thread =
      context.init.memory &&
      (await openThread(context, {
        instructions,
        prompt,
        profile: model.profile,
        request: toRequest(loop, []),
      }));
    const told = thread ? { ...loop, messages: thread.messages } : loop;
    const { output, result, messages } = yield* runModelLoop<Output>(context, told);
    context.setEngine(`${result.provider}/${result.modelId}`);
    if (thread) await thread.keep(messages);
    return output;
  }

  #prompt(input: Input): readonly Message[] {
    const prompt =
      this.#definition.prompt?.(input) ?? (typeof input === "string" ? input : JSON.stringify(input));
    return typeof prompt === "string" ? [userMessage(prompt)] : prompt;
  }

  async #checkInput(given: Input): Promise<Input> {
    const { input: schema } = this.#definition;
    if (!schema) return given;
    const checked = await validate(schema, given);
    if ("value" in checked) return checked.value;
    throw new SalesAgentError("agent.input_invalid", {
      message: `The input of the agent "${this.name}" is not valid: ${describeIssues(checked.issues)}.`,
      facts: { agent: this.name, issues: checked.issues },
      replay: "safe",
    });
  }
}

/** Vendors take letters, digits, `_` and `-` in the name of a schema. */
function toSchemaName(name: string): string {
  return name.replace(/[^\w-]+/g, "_").slice(0, 64);
}

function wholeNumber(option: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw new RangeError(`agent.${option} must be a whole number ≥ ${least}, got ${value}`);
}
