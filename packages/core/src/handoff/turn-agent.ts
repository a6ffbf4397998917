import {
  type JsonValue,
  type LanguageModel,
  type Message,
  type ModelRequest,
  type ModelResult,
  systemMessage,
  type ToolMessage,
} from "@salesagent/ports";
import { type AgentOptions, BaseAgent } from "../agent/base-agent.js";
import { runModelLoop } from "../agent/model-loop.js";
import type { RunContext } from "../agent/run-context.js";
import type { ToolFinishedEvent, WorkEvent } from "../agent/run-event.js";
import type { AnyTool } from "../tools/tool.js";

/** One of several agents that share a conversation. */
export interface TurnMember extends AgentOptions {
  readonly model: LanguageModel;
  /** What the model is told of its task. */
  readonly instructions: string;
  /** Model calls of a turn, in all. @defaultValue 10 */
  readonly maxSteps?: number | undefined;
  /** Further fields of each request, such as `reasoning` or `maxOutputTokens`. */
  readonly request?: Omit<ModelRequest, "messages" | "tools" | "output"> | undefined;
}

/** What an agent made of its turn. */
export interface Turn {
  /** What it added to the conversation: every tool call with its result. */
  readonly messages: readonly Message[];
  /** What it said; empty where it handed on. */
  readonly text: string;
  /** The call by which it handed on. */
  readonly control?: { readonly tool: string; readonly input: JsonValue };
}

/** Takes one turn in a conversation: it answers, or ends its turn by calling one of the `controls`. */
export class TurnAgent extends BaseAgent<string, Turn> {
  readonly #controls: ReadonlySet<string>;

  /**
   * @param controls - Tools that end the turn: what they give is the call's result, and the model is not asked again.
   */
  constructor(
    readonly name: string,
    private readonly member: TurnMember,
    private readonly conversation: readonly Message[],
    controls: readonly AnyTool[],
  ) {
    super(member);
    for (const tool of controls) this.registerTool(tool);
    this.#controls = new Set(controls.map((tool) => tool.name));
  }

  protected override systemPrompt(): string {
    return this.member.instructions;
  }

  protected override async *processTask(
    _said: string,
    context: RunContext,
  ): AsyncGenerator<WorkEvent, Turn, void> {
    const { maxSteps = 10, request } = this.member;
    const answered: { last?: { readonly asked: readonly Message[]; readonly result: ModelResult } } = {};
    const messages = [systemMessage(this.systemPrompt()), ...this.conversation];
    const loop = runModelLoop<string>(context, {
      ...{ agent: this.name, model: this.member.model, messages, tools: this.tools },
      ...{ output: undefined, maxSteps, maxRepairs: 0, request },
      onAnswer: (result, asked) => {
        answered.last = { asked, result };
      },
    });
    const step = new StepResults(this.#controls, this.tools);
    for (;;) {
      const next = await loop.next();
      if (next.done) {
        const { output: text, messages: all } = next.value;
        return { messages: all.slice(messages.length), text };
      }
      step.see(next.value);
      yield next.value;
      const { control } = step;
      const { last } = answered;
      if (!control || !last) continue;
      this.logAction(context, "task-handed-off", `tool:${control.tool}`, { from: this.name });
      const { asked, result } = last;
      await loop.return({ output: "", messages: asked, result });
      const added = [...asked.slice(messages.length), result.message, step.message];
      return { messages: added, text: result.text, control };
    }
  }
}

/** The results of one step's tool calls, as they come. */
class StepResults {
  readonly #controls: ReadonlySet<string>;
  readonly #tools: ReadonlyMap<string, AnyTool>;
  readonly #inputs = new Map<string, JsonValue>();
  #results: ToolFinishedEvent[] = [];

  constructor(controls: ReadonlySet<string>, tools: ReadonlyMap<string, AnyTool>) {
    this.#controls = controls;
    this.#tools = tools;
  }

  see(event: WorkEvent): void {
    if (event.type === "step-started") {
      this.#results = [];
      this.#inputs.clear();
    } else if (event.type === "tool-started") this.#inputs.set(event.callId, event.input);
    else if (event.type === "tool-finished") this.#results.push(event);
  }

  /** The call that ends the turn, once every call of the step has its result. */
  get control(): Turn["control"] {
    if (this.#results.length < this.#inputs.size) return undefined;
    const call = this.#results.find(({ name, failed }) => !failed && this.#controls.has(name));
    return call && { tool: call.name, input: this.#inputs.get(call.callId) ?? null };
  }

  get message(): ToolMessage {
    const parts = this.#results.map(({ callId, name, output, failed }) => {
      const origin = failed ? "tool" : (this.#tools.get(name)?.origin ?? "tool");
      return { type: "tool-result", callId, name, output, failed, origin } as const;
    });
    return { role: "tool", parts };
  }
}
