import { openModels } from "../choice/open-models.js";
import type { Command } from "../command/command.js";
import { explain } from "./explain.js";
import { routeInWords } from "./print-route.js";
import { ROUTE_OPTIONS, resolveRouteOptions } from "./route-options.js";
import { toRequest } from "./route-request.js";

/** `salesagent route "…"`: which model would be asked, and why; nobody is. */
export const routeCommand: Command = {
  name: "route",
  summary: "Explains which model a router would ask for a prompt, and why. Nothing is called.",
  operands: '"PROMPT"',
  options: ROUTE_OPTIONS,
  examples: [
    'salesagent route "Why did they churn?"',
    'salesagent route "Why did they churn?" --models cerebras/gpt-oss-120b,anthropic/claude-sonnet-5-5 --policy cheapest',
    "salesagent route --file prompt.txt --schema answer.json --max-output-tokens 2000 --json",
  ],
  async run(operands, given, io) {
    const options = resolveRouteOptions(operands, given, io);
    const { names } = options;
    const request = await toRequest(options);
    const models = await openModels(options, { env: io.env, needsKeys: false });
    const candidates = models.map((model, index) => ({
      model,
      keyVariable: names[index]?.provider.keyVariable,
    }));
    const explanation = explain(request, candidates, options, io.env);
    io.stdout.write(
      options.json
        ? `${JSON.stringify(explanation)}\n`
        : routeInWords(explanation, options, io.stdout.columns),
    );
    // As with a call: where nobody may take the request, it fails.
    return explanation.candidates.some(({ rank }) => rank !== undefined) ? 0 : 1;
  },
};
