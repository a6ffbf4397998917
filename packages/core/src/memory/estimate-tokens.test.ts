import { type Message, userMessage } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateTokens, textTokens } from "./estimate-tokens.js";

/** Counted by the tokenisers themselves: `o200k_base`, `cl100k_base`. */
const SAMPLES: readonly (readonly [string, number, number, string])[] = [
  [
    "English",
    58,
    59,
    "Hi Ada, thanks for getting back to me so quickly. I noticed that you are hiring twelve people in London. Would Tuesday at 3 pm work for a short call? I'd love to show you how teams of about 1,600 people cut their ramp-up time by a third.",
  ],
  ["capitals", 19, 20, "URGENT: PLEASE CALL ME BACK REGARDING OUR RENEWAL CONTRACT BEFORE FRIDAY"],
  [
    "German",
    36,
    46,
    "Guten Tag Frau Müller, wir haben uns angesehen, wie die Vertriebsorganisation Ihres Unternehmens neue Mitarbeiterinnen einarbeitet, und würden Ihnen gerne unsere Qualitätssicherungslösung vorstellen.",
  ],
  [
    "Russian",
    27,
    54,
    "Здравствуйте, Анна! Мы посмотрели, как ваша команда продаж обучает новых сотрудников, и хотели бы показать вам наше решение.",
  ],
  [
    "Chinese",
    29,
    57,
    "您好，感谢您这么快回复。我们了解了贵公司的销售团队是如何培训新员工的，希望向您介绍我们的解决方案。",
  ],
  [
    "Korean",
    35,
    73,
    "안녕하세요, 귀사의 영업팀이 신입 직원을 어떻게 교육하는지 살펴보았으며 저희 솔루션을 소개해 드리고 싶습니다.",
  ],
  [
    "Arabic",
    31,
    71,
    "مرحبا، لقد اطلعنا على كيفية تدريب فريق المبيعات لديكم للموظفين الجدد، ونود أن نعرض عليكم حلنا.",
  ],
  ["emoji", 17, 23, "👋🎉🚀 Great news!! 💯🔥 👩‍💻"],
  [
    "JSON",
    68,
    66,
    '{"company":{"name":"Figma","domain":"figma.com","employees":1600},"contacts":[{"email":"ada@figma.example","score":0.82,"tags":["warm","design-ops"]}],"open":true,"at":"2026-11-21T10:55:00.000Z"}',
  ],
  ["ids", 53, 53, "0192f3a1-7c44-7e1b-9a53-1f0c2d9be871\n5d41402a-bc4b-2a76-b971-9d911017c592\n"],
  [
    "base64",
    66,
    67,
    "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==",
  ],
  ["digits", 36, 36, "48151 623 42 108 2026 11 21 900 16000 731 88 4 15 3141592653 271828"],
  [
    "code",
    34,
    34,
    "export function sum(list: readonly number[]): number {\n  let total = 0;\n  for (const item of list) total += item;\n  return total;\n}\n",
  ],
  [
    "HTML",
    37,
    37,
    '<div class="hero"><h1>Ship faster</h1><a href="https://www.figma.com/contact-sales/?utm_source=x">Contact sales</a></div>',
  ],
];

describe("the estimate of a text's tokens", () => {
  it.each(SAMPLES)("of %s is rather too high, but not by far", (_, newer, older, text) => {
    expect(textTokens(text)).toBeGreaterThanOrEqual(Math.max(newer, older));
    expect(textTokens(text)).toBeLessThanOrEqual(newer * 3);
  });

  it("never falls when a text grows by a word", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (text, more) => {
        expect(textTokens(`${text} ${more}`)).toBeGreaterThanOrEqual(textTokens(text));
        expect(textTokens(`${text} ${more}`)).toBeLessThanOrEqual(textTokens(text) + 1 + textTokens(more));
      }),
    );
  });
});

describe("the estimate of a message's tokens", () => {
  const file = (mediaType: string, data: { base64: string } | { url: string }): Message => {
    return { role: "user", parts: [{ type: "file", mediaType, data, origin: "user" }] };
  };

  it("counts each kind of part", () => {
    const hello = estimateTokens(userMessage("hello"));
    expect(hello).toBe(7);
    expect(estimateTokens({ role: "user", parts: [] })).toBe(6);
    expect(estimateTokens(file("image/png", { url: "https://x.example/a.png" }))).toBe(2_506);
    expect(estimateTokens(file("application/pdf", { base64: "A".repeat(80_000) }))).toBe(10_006);
    expect(estimateTokens(file("application/pdf", { url: "https://x.example/a.pdf" }))).toBe(20_006);
    const call = { type: "tool-call", callId: "1", name: "lookup", input: { domain: "figma.com" } } as const;
    const signed = { ...call, providerData: { openai: { signature: "A".repeat(1_000) } } };
    const tokens = estimateTokens({ role: "assistant", parts: [call] });
    expect(tokens).toBeGreaterThan(30);
    expect(estimateTokens({ role: "assistant", parts: [signed] })).toBeGreaterThan(tokens + 500);
    const result = {
      type: "tool-result",
      callId: "1",
      name: "lookup",
      failed: false,
      origin: "tool",
    } as const;
    const told = (output: string | { text: string }) =>
      estimateTokens({ role: "tool", parts: [{ ...result, output }] });
    expect(told("hello ".repeat(100))).toBeGreaterThan(120);
    expect(told({ text: "hello ".repeat(100) })).toBeGreaterThan(120);
  });
});
