import { type Message, type ToolCallPart, userMessage } from "@salesagent/ports";
import fc from "fast-check";

const texts = fc.string({ maxLength: 60 });

/** An answer with calls, and their results right after it. */
const toolSteps: fc.Arbitrary<readonly Message[]> = fc
  .record({ text: texts, calls: fc.integer({ min: 1, max: 3 }), turn: fc.nat(9), output: texts })
  .map(({ text, calls, turn, output }) => {
    const made = Array.from({ length: calls }, (_, index): ToolCallPart => {
      return { type: "tool-call", callId: `${turn}-${index}`, name: "lookup", input: { text } };
    });
    return [
      { role: "assistant", parts: [{ type: "text", text }, ...made] },
      {
        role: "tool",
        parts: made.map(({ callId, name }) => {
          return { type: "tool-result", callId, name, output, failed: false, origin: "external" };
        }),
      },
    ];
  });

const answers: fc.Arbitrary<readonly Message[]> = texts.map((text) => [
  { role: "assistant", parts: [{ type: "text", text }] },
]);

const steps = fc.array(fc.oneof(answers, toolSteps), { maxLength: 4 }).map((parts) => parts.flat());

/** What somebody says, and all that comes of it. */
export const turns: fc.Arbitrary<readonly Message[]> = fc
  .tuple(texts, steps)
  .map(([text, answered]) => [userMessage(text), ...answered]);

/** A valid transcript; the agent may speak first. */
export const transcripts: fc.Arbitrary<readonly Message[]> = fc
  .tuple(steps, fc.array(turns, { maxLength: 8 }))
  .map(([opening, said]) => [...opening, ...said.flat()]);
