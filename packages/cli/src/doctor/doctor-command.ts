import type { Command } from "../command/command.js";
import { flagOption, textOption } from "../command/option-values.js";
import { renderTable } from "../render/table.js";
import { runChecks } from "./checks.js";

/** `salesagent doctor`: what is configured and what answers. */
export const doctorCommand: Command = {
  name: "doctor",
  summary: "Tells what is configured, what answers, and which versions run. Keys are never shown.",
  operands: "",
  options: {
    "database-url": { type: "string", value: "URL", help: "Postgres to look at (DATABASE_URL)" },
    json: { type: "boolean", help: "prints JSON" },
  },
  examples: ["salesagent doctor", "salesagent doctor --json"],
  async run(_operands, options, io) {
    const results = await runChecks(io, textOption(options, "database-url") ?? io.env["DATABASE_URL"]);
    const failed = results.some((result) => result.status === "failed");
    if (flagOption(options, "json")) {
      io.stdout.write(`${JSON.stringify({ ok: !failed, checks: results })}\n`);
    } else {
      const table = renderTable(
        [
          { title: "", cell: (row) => ({ ok: "✓", off: "–", failed: "✗" })[row.status] },
          { title: "What", cell: (row) => row.name },
          { title: "Finding", grows: true, cell: (row) => row.detail },
        ],
        results,
        io.stdout.columns ?? 120,
      );
      io.stdout.write(`${table}\n`);
    }
    return failed ? 1 : 0;
  },
};
