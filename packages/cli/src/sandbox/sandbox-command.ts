import { startSandbox } from "@salesagent/sandbox";
import type { Command } from "../command/command.js";
import { flagOption, textOption, wholeNumberOption } from "../command/option-values.js";
import { renderTable } from "../render/table.js";
import { crmSandboxCommand } from "./crm-sandbox-command.js";
import { untilInterrupted } from "./until-interrupted.js";

/** `salesagent sandbox`: vendors' wire formats on this machine, for rehearsals without a key. */
export const sandboxCommand: Command = {
  name: "sandbox",
  summary: "Starts local servers that speak the formats of LLM vendors. Their answers are simulated.",
  operands: "",
  options: {
    port: { type: "string", value: "PORT", help: "the port; a free one without it" },
    host: { type: "string", value: "HOST", help: "the address to listen on (127.0.0.1)" },
    json: { type: "boolean", help: "prints the URLs as one line of JSON" },
    quiet: { type: "boolean", help: "prints no line for each request" },
  },
  examples: [
    "salesagent sandbox --port 4010",
    "salesagent qualify leads.csv --model openai/gpt-5.4-mini --base-url http://127.0.0.1:4010/openai/v1",
  ],
  beside: [crmSandboxCommand],
  async run(_operands, options, io) {
    const port = wholeNumberOption(options, "port", { least: 0, most: 65_535 }) ?? 0;
    const host = textOption(options, "host");
    const quiet = flagOption(options, "quiet") || flagOption(options, "json");
    await using sandbox = await startSandbox({
      port,
      ...(host === undefined ? {} : { host }),
      ...(quiet ? {} : { log: (line: string) => void io.stderr.write(`${line}\n`) }),
    });
    if (flagOption(options, "json")) {
      io.stdout.write(`${JSON.stringify({ origin: sandbox.origin, urls: sandbox.urls })}\n`);
    } else {
      const table = renderTable(
        [
          { title: "Vendor", cell: (row) => row.vendor },
          { title: "Base URL", cell: (row) => row.url },
        ],
        sandbox.urls,
        120,
      );
      io.stdout.write(`Simulated vendors are listening. Any key is taken. Stop with Ctrl+C.\n\n${table}\n\n`);
    }
    await untilInterrupted(io);
    return 0;
  },
};
