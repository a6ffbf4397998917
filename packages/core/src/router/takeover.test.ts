import type { ModelEvent, ModelProfile } from "@salesagent/ports";
import { userMessage } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelRouter } from "./model-router.js";
import { modelFailure } from "./testing/model-failure.js";
import { namedModel } from "./testing/named-model.js";
import { readByGrammar } from "./testing/stream-grammar.js";

const request = { messages: [userMessage("Hi")] };
const prefilling: Partial<ModelProfile> = {
  abilities: { ...namedModel("x", {}).profile.abilities, prefill: true },
};
const cut = modelFailure("model.stream_cut");
const ANEW = "Another answer, whole.";

/** A breaks off after `before`; B goes on with `after`, or writes another answer where it is asked for a whole one. */
async function goOn(before: string, after: string | readonly string[]) {
  const one = namedModel("one", { text: before, error: cut });
  const two = namedModel(
    "two",
    ({ messages }) => (messages.at(-1)?.role === "assistant" ? { text: after } : { text: ANEW }),
    prefilling,
  );
  const router = new ModelRouter({ candidates: [one, two], policy: "best", takeover: "continue" });
  const stream = router.stream(request);
  const events: ModelEvent[] = [];
  for await (const event of stream) events.push(event);
  const result = await stream.result();
  expect(readByGrammar(events).text).toBe(result.text);
  return { text: result.text, attempts: result.attempts, usage: result.usage };
}

describe("a continuation", () => {
  it.each<[string, string, string, string]>([
    [
      "within a word",
      "Figma is a design tool used by ma",
      "ny teams.",
      "Figma is a design tool used by many teams.",
    ],
    [
      "after a word",
      "Figma is a design tool used by",
      " many teams.",
      "Figma is a design tool used by many teams.",
    ],
    [
      "after white space",
      "Figma is a design tool used by ",
      " many.",
      "Figma is a design tool used by many.",
    ],
    [
      "with a new paragraph",
      "It is a tool for all designers. ",
      "\n\nNext.",
      "It is a tool for all designers. \n\nNext.",
    ],
    [
      "within a break",
      "It is a tool for all designers.\n",
      "\n\n- one",
      "It is a tool for all designers.\n\n- one",
    ],
    [
      "after a break",
      "It is a tool for all designers.\n\n",
      "\n- one",
      "It is a tool for all designers.\n\n- one",
    ],
    [
      "in a fence",
      "Some code, as it was asked for:\n```\n",
      "\nprint(1)\n```",
      "Some code, as it was asked for:\n```\nprint(1)\n```",
    ],
    [
      "in Chinese",
      "这是一个很长的中文句子用来测试模型是否会重复自己说过的话它",
      "不会重复。",
      "这是一个很长的中文句子用来测试模型是否会重复自己说过的话它不会重复。",
    ],
    [
      "with a family",
      "Designers and their families 👩\u200d",
      "👧 like it.",
      "Designers and their families 👩\u200d👧 like it.",
    ],
  ])("%s stands as the model meant it", async (_, before, after, whole) => {
    expect((await goOn(before, after)).text).toBe(whole);
    expect((await goOn(before, [...after])).text).toBe(whole);
  });

  it.each<[string, string, string]>([
    ["says the last words again", "Figma is a design tool used by many", "used by many teams."],
    ["says the last word again", "Figma is a design tool used by many", "many teams, it is said."],
    ["says half of the last word again", "Figma is a design tool used by ma", "many teams, it is said."],
    ["says the last digits again", "Figma was bought, or nearly, in 20", "2022 by Adobe, they say."],
    [
      "says the last sentence again",
      "One thing first. Figma is a design tool",
      "Figma is a design tool for all.",
    ],
    ["says the last word and no more", "Figma is a design tool used by many", "many"],
    [
      "begins anew after a greeting",
      "Figma is a design tool used by many",
      "Sure! Figma is a design tool for all.",
    ],
    [
      "begins anew in nearly the same words",
      "Figma is a design tool used by many",
      "Figma is the tool of all designers.",
    ],
    ["says nothing", "Figma is a design tool used by many", ""],
    ["says nothing but white space", "Figma is a design tool used by many", " \n"],
    ["goes on within a word that ended", "Figma is a tool whose work is quick ", "ly done, they say."],
    ["names the language of a fence", "Some code, as it was asked for:\n```\n", "python\nprint(1)\n```"],
    ["ends a character that was cut", "Designers who like it and say so \ud83d", "\ude00 all day long."],
    [
      "repeats itself in Chinese",
      "这是一个很长的中文句子用来测试模型是否会重复自己说过的话它",
      "的话它不会重复自己说过的话。",
    ],
  ])("that %s is not passed on: the answer is written anew", async (_, before, after) => {
    for (const pieces of [after, [...after]]) {
      const { text, usage, attempts } = await goOn(before, pieces);
      expect(text).toBe(ANEW);
      expect(usage).toEqual({ inputTokens: 10, outputTokens: 5 });
      expect(attempts.at(-1)).toMatchObject({ modelId: "two", purpose: "failover", outcome: "completed" });
    }
  });

  it("never doubles what a model repeats, wherever the text was cut and from wherever it repeats", async () => {
    const whole =
      "Figma is a design tool. Many teams use it every day, and they pay 45 dollars a seat. It is well liked.";
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 24, max: whole.length - 1 }), fc.nat(), async (cutAt, back) => {
        const words = [...whole.slice(0, cutAt).matchAll(/\S+/g)].map(({ index }) => index);
        const from = words[back % words.length] ?? 0;
        const { text } = await goOn(whole.slice(0, cutAt), whole.slice(from));
        expect([whole, ANEW]).toContain(text);
      }),
      { numRuns: 300 },
    );
  });

  it("is not asked for where the caller began the answer", async () => {
    const one = namedModel("one", { text: "and that is how it has ended, all", error: cut }, prefilling);
    const two = namedModel("two", { text: "of it." }, prefilling);
    const router = new ModelRouter({ candidates: [one, two], policy: "best", takeover: "continue" });
    const beginning = { role: "assistant", parts: [{ type: "text", text: "It began, " }] } as const;
    const begun = { messages: [...request.messages, beginning] };

    expect((await router.stream(begun).result()).text).toBe("of it.");
    expect(two.requests).toEqual([begun]);
  });

  it("of a router that takes over itself keeps the beginning", async () => {
    const before = "Figma is a design tool that is used by";
    const script = (own: string) => (part: { messages: readonly { role: string }[] }) =>
      part.messages.at(-1)?.role === "assistant" ? { text: own } : { text: `${ANEW} ${own}` };
    const one = namedModel("one", { text: before, error: cut });
    const two = namedModel("two", [{ text: [" a great many of", " the teams"], error: cut }], prefilling);
    const three = namedModel("three", script(" lots of people."), prefilling);
    const inner = new ModelRouter({ candidates: [two, three], policy: "best" });
    const router = new ModelRouter({ candidates: [one, inner], policy: "best", takeover: "continue" });
    const stream = router.stream(request);
    const events: ModelEvent[] = [];
    for await (const event of stream) events.push(event);

    expect((await stream.result()).text).toBe(`${ANEW}  lots of people.`);
    expect(readByGrammar(events).text).toBe(`${ANEW}  lots of people.`);
  });
});
