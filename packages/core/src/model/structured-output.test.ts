import { systemMessage, userMessage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { scriptedModel } from "../scripted-model/scripted-model.js";
import { StructuredOutput } from "./structured-output.js";

const Mail = z.object({
  subject: z.string(),
  tone: z.enum(["warm", "plain"]),
  lines: z.array(z.string()),
  score: z.number().int().optional(),
});
const output = new StructuredOutput(Mail, "mail");

describe("StructuredOutput", () => {
  it("asks by the vendor's own means where it has them", () => {
    const request = output.ask({ messages: [userMessage("write")] }, scriptedModel([]).profile);
    expect(request.output).toMatchObject({
      name: "mail",
      schema: { type: "object", additionalProperties: false },
    });
    expect(request.messages).toHaveLength(1);
  });

  it("also asks in words where the vendor can't hold the answer to a schema", () => {
    const { profile } = scriptedModel([], {
      abilities: { ...scriptedModel([]).profile.abilities, structuredOutput: "json" },
    });
    const request = output.ask({ messages: [systemMessage("You write."), userMessage("write")] }, profile);
    expect(request.messages).toHaveLength(2);
    expect(JSON.stringify(request.messages[0])).toContain("JSON Schema");
  });

  it.each([
    ['{"subject":"Hi","tone":"warm","lines":[]}'],
    ['```json\n{"subject":"Hi","tone":"warm","lines":[]}\n```'],
    ['Here it is: {"subject":"Hi","tone":"warm","lines":[]} Enjoy!'],
  ])("reads %s", async (text) => {
    expect(await output.read(text)).toEqual({ value: { subject: "Hi", tone: "warm", lines: [] } });
  });

  it("names the field that is wrong", async () => {
    const read = await output.read('{"subject":"Hi","tone":"loud","lines":[1]}');
    expect("issues" in read && read.issues.map((issue) => issue.path)).toEqual(["tone", "lines[0]"]);
  });

  it("gives partials only while they can still fit", () => {
    const reader = output.reader();
    expect(reader.push("Sure: ")).toBeUndefined();
    expect(reader.push('{"subject":"He')).toEqual({ subject: "He" });
    expect(reader.push('llo","tone":"wa')).toEqual({ subject: "Hello", tone: "wa" });
    expect(reader.push('rp"')).toBeUndefined();
  });

  it("withholds a partial with a property that the schema does not know", () => {
    expect(output.reader().push('{"surprise":"x"')).toBeUndefined();
  });
});
