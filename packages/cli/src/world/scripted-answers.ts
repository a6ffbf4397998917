import type { JsonObject, JsonValue } from "@salesagent/ports";
import { type Reply, rehearse, type SandboxRequest } from "@salesagent/sandbox";
import { MADE_UP_PAGES, type PageTopic, topicQuery } from "./made-up-web.js";

/** So that a reader sees it come; a run takes a second or two. */
const TIMING = { firstTokenMs: 20, betweenTokensMs: 2 };
const REASONING = "This is a scripted answer. No model thinks here.";

/** A question to the script, by the shape of the answer that is asked for. */
interface Asked {
  /** The text of the last message of a user. */
  readonly prompt: string;
  /** All that was sent, as JSON. */
  readonly body: string;
  readonly lastRole: string;
}

/** What is answered where these are the fields asked for; the first that fits counts. */
const ANSWERS: readonly (readonly [fields: readonly string[], answer: (asked: Asked) => JsonValue])[] = [
  [["findings"], findings],
  [["opportunities"], opportunities],
  [["verdicts", "questions"], verdicts],
  [["choices", "summary"], settlement],
  [["angles"], angles],
  [["subjects"], () => ({ subjects: ["[simulated] One question", "[simulated] Two minutes"] })],
  [["subject", "body", "changes"], ({ body }) => ({ subject: "[simulated] One question", ...message(body) })],
  [["body", "changes"], ({ body }) => message(body)],
  [["body"], ({ body }) => ({ body: message(body).body })],
  [["subject", "opening"], opening],
  [["answer", "time"], reading],
  [["intent", "confidence"], intent],
  [["topic", "wantsPerson", "question"], classification],
  [["answered", "sentences"], cited],
  [["score", "confidence", "reasons"], assessment],
];

/**
 * Answers each step of the agents in its own shape, without knowing anything: equal requests get equal answers, in whatever
 * process. What it is not written for, the sandbox rehearses by itself.
 */
export function scriptedAnswer(request: SandboxRequest): Reply {
  const { ask, body } = request;
  const asked: Asked = { prompt: ask.prompt, body: JSON.stringify(body), lastRole: ask.lastRole };
  if (ask.lastRole !== "tool" && ask.tools.some(({ name }) => name === "search_web")) {
    const query = topicQuery(topicOf(asked));
    return {
      reasoning: REASONING,
      timing: TIMING,
      toolCalls: [{ name: "search_web", arguments: { query } }],
    };
  }
  const properties = ask.outputSchema?.["properties"];
  const given = isObject(properties) ? properties : {};
  const [, answer] = ANSWERS.find(([fields]) => fields.every((field) => Object.hasOwn(given, field))) ?? [];
  if (!answer) return { ...rehearse(request), timing: TIMING };
  return { reasoning: REASONING, timing: TIMING, text: JSON.stringify(answer(asked)) };
}

/** A first round looks for news; a later one for what the round before left open. */
function topicOf({ prompt }: Asked): PageTopic {
  return prompt.startsWith("Known already") ? "budget" : "news";
}

function findings(asked: Asked): JsonValue {
  return { findings: MADE_UP_PAGES[topicOf(asked)].map(({ title, url }) => ({ claim: title, source: url })) };
}

function opportunities({ prompt }: Asked): JsonValue {
  const known = listIn(prompt).length;
  const first = {
    title: "[simulated] More seats for the second office",
    rationale: "[simulated] A new office and a new team need seats.",
    evidence: [1, 2].filter((number) => number <= known),
    nextStep: "[simulated] Ask who runs the new office.",
  };
  const second = {
    title: "[simulated] The larger plan",
    rationale: "[simulated] The budget for tools has doubled.",
    evidence: [3],
    nextStep: "[simulated] Offer a review of the plan before the year ends.",
  };
  return { opportunities: known > 2 ? [first, second] : known > 0 ? [first] : [] };
}

/** Unsure of the first round, so that there is a second. */
function verdicts({ prompt }: Asked): JsonValue {
  const judged = listIn(prompt);
  const isSure = judged.length > 1;
  return {
    verdicts: judged.map((_, index) => ({
      opportunity: index + 1,
      confidence: isSure ? 0.82 : 0.55,
      doubts: isSure ? [] : ["[simulated] Nothing says that there is a budget."],
    })),
    questions: isSure ? [] : ["[simulated] What is the budget?"],
  };
}

function settlement({ prompt }: Asked): JsonValue {
  const given = dataIn(prompt);
  const open = isObject(given) && Array.isArray(given["disagreements"]) ? given["disagreements"] : [];
  const choices = open.map((_, index) => ({
    disagreement: index + 1,
    candidate: 1,
    reason: "[simulated] The first source counts.",
  }));
  return { choices, summary: "[simulated] A summary that rests on made-up sources." };
}

function angles(): JsonValue {
  return {
    angles: [
      { hook: "[simulated] They grow, and so does their typing.", because: "[simulated] A second office." },
    ],
  };
}

/** Fits every channel, a text message too. */
function message(body: string) {
  const channel = /for (email|linkedin|sms);/.exec(body)?.[1] ?? "any channel";
  return {
    body: `[simulated] A message for ${channel}. Do you have ten minutes on Tuesday?`,
    changes: "[simulated] Cut to one question.",
  };
}

function opening(): JsonValue {
  return {
    subject: "[simulated] A meeting",
    opening: "[simulated] Your team grows, and a look at how others did it takes half an hour.",
  };
}

/** Reads the simplest answers of a lead by their words. */
function reading({ prompt }: Asked): JsonValue {
  const words = prompt.split("\n").slice(1).join(" ").toLowerCase();
  const number = /\b([1-9])\b/.exec(words)?.[1];
  if (number !== undefined) return { answer: "accept", time: Number(number) };
  if (/\b(other|another|different)\b/.test(words)) return { answer: "other-times", time: null };
  return { answer: /\b(no|not|never|stop)\b/.test(words) ? "decline" : "unclear", time: null };
}

/** By a word or two; a script does not understand. */
function intent({ prompt }: Asked): JsonValue {
  return { intent: /\b(meet|call|show)/i.test(prompt) ? "meeting" : "question", confidence: 0.9 };
}

/** By a word or two, again. */
function classification({ prompt }: Asked): JsonValue {
  const text = prompt.slice(prompt.indexOf("\n") + 1);
  const topic = /money back|refund/i.test(text)
    ? "refund"
    : /price|cost|invoice/i.test(text)
      ? "billing"
      : "technical";
  return {
    topic,
    confidence: 0.9,
    wantsPerson: /\b(person|human)\b/i.test(text),
    before: "new",
    question: text,
  };
}

function cited(): JsonValue {
  return { answered: true, sentences: [{ text: "[simulated] Our help pages tell how.", passages: [1] }] };
}

function assessment(): JsonValue {
  return {
    score: 50,
    confidence: 0,
    reasons: ["[simulated] No model read this lead."],
    missing: [],
    nextAction: "research",
  };
}

/** The list that stands in a prompt as data. */
function listIn(prompt: string): readonly JsonValue[] {
  const data = dataIn(prompt);
  return Array.isArray(data) ? data : [];
}

/** Prompts give data as JSON, after a line that says what it is. */
function dataIn(prompt: string): JsonValue | undefined {
  const at = prompt.indexOf("\n");
  try {
    return JSON.parse(prompt.slice(at + 1)) as JsonValue;
  } catch {
    return undefined; // not a prompt of that form: there is nothing to go by
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
