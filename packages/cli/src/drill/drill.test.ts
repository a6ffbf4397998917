import { DRILL_SCENARIOS, languageModelSubject, runDrill } from "@salesagent/sandbox/drill";
import { describe, expect, it } from "vitest";
import { drillRouter } from "./default-router.js";

describe("ModelRouter", () => {
  it.each(DRILL_SCENARIOS)("passes $id, $title, from both sides", async (scenario) => {
    const subject = languageModelSubject("ModelRouter", drillRouter);
    const [row] = await runDrill({ subject, scenarios: [scenario] });

    expect({ caller: row?.callerNote, provider: row?.providerNote, ...row }).toMatchObject({
      caller: "pass",
      provider: "pass",
    });
  });
});
