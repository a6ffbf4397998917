import {
  type AgentOptions,
  BaseAgent,
  type RunContext,
  runModelLoop,
  type WorkEvent,
} from "@salesagent/core/agent";
import { StructuredOutput } from "@salesagent/core/model";
import type { InferOutput, LanguageModel } from "@salesagent/ports";
import { researchPrompt } from "./growth-prompts.js";
import { type Finding, type Research, type ResearchTask, researchSchema } from "./growth-schemas.js";
import { toSource, urlsIn } from "./read-urls.js";

/** What findings that the host's own facts carry give as their source. */
const FACTS = "facts";

/** Looks things up with its tools. A finding stands only when its source is in what a tool returned, or in the facts given. */
export class ResearchAgent extends BaseAgent<ResearchTask, Research> {
  readonly name = "growth-research";
  readonly #model: LanguageModel;
  readonly #maxSteps: number;
  readonly #output = new StructuredOutput(researchSchema, "research");

  constructor(options: AgentOptions & { readonly model: LanguageModel; readonly maxSteps: number }) {
    super(options);
    this.#model = options.model;
    this.#maxSteps = options.maxSteps;
  }

  protected override async *processTask(
    task: ResearchTask,
    context: RunContext,
  ): AsyncGenerator<WorkEvent, Research, void> {
    const read = new Set(urlsIn(JSON.stringify([task.facts, task.findings])));
    const work = runModelLoop<InferOutput<typeof researchSchema>>(context, {
      agent: this.name,
      model: this.#model,
      messages: researchPrompt(task),
      tools: this.tools,
      output: this.#output,
      maxSteps: this.#maxSteps,
      maxRepairs: 1,
    });
    let step = await work.next();
    for (; !step.done; step = await work.next()) {
      const event = step.value;
      if (event.type === "tool-finished" && !event.failed) {
        for (const url of urlsIn(JSON.stringify(event.output))) read.add(url);
      }
      yield event;
    }
    const { output, result } = step.value;
    context.setEngine(`${result.provider}/${result.modelId}`);
    const findings = output.findings.map(toFinding);
    const sourced = findings.filter(({ source }) => source === FACTS || read.has(source));
    return { findings: sourced, unsourced: findings.length - sourced.length };
  }
}

const toFinding = ({ claim, source }: Finding): Finding => ({ claim, source: toSource(source) });
