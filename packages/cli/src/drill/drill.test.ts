import { DRILL_SCENARIOS, languageModelSubject, runDrill } from "@salesagent/sandbox/drill";
import { describe, expect, it } from "vitest";
import { drillRouter } from "./default-router.js";

describe("ModelRouter", () => {
  it.concurrent.each(DRILL_SCENARIOS)("passes $id, $title, from both sides", async (scenario) => {
    const subject = languageModelSubject("ModelRouter", drillRouter);
    const [row] = await runDrill({ subject, scenarios: [scenario] });

    expect([row?.caller, row?.provider], `${row?.callerNote}; ${row?.providerNote}`).toEqual([
      "pass",
      "pass",
    ]);
  });
});
