import { workflowSchema } from "@salesagent/core/workflow";
import type { Command } from "../command/command.js";

/** `salesagent workflow schema`: the JSON Schema of workflows. */
export const schemaCommand: Command = {
  name: "workflow schema",
  summary: "prints the JSON Schema of workflows, for editors and for models that write them",
  operands: "",
  options: {},
  examples: ["salesagent workflow schema > workflow.schema.json"],
  run: async (_operands, _options, io) => {
    io.stdout.write(`${JSON.stringify(workflowSchema, null, 2)}\n`);
    return 0;
  },
};
