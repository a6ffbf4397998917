import type { Message, ModelWarning } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { cacheMarks } from "./cache-marks.js";

type Mark = "5m" | "1h" | undefined;

function marksOf(system: readonly Mark[], user: readonly Mark[]): { kept: string[]; warned: number } {
  const part = (side: string) => (cache: Mark, place: number) =>
    ({ type: "text", text: `${side}${place}`, origin: "user", ...(cache ? { cache } : {}) }) as const;
  const messages: Message[] = [
    { role: "user", parts: user.map(part("u")) },
    { role: "system", parts: system.map(part("s")) },
  ];
  const warnings: ModelWarning[] = [];
  const marks = cacheMarks(messages, (warning) => warnings.push(warning));
  return { kept: [...marks].map(([text, ttl]) => `${text.text}:${ttl}`), warned: warnings.length };
}

describe("cacheMarks", () => {
  it.each<[string, Mark[], Mark[], string[], number]>([
    ["keeps what was marked, system first", ["1h"], [undefined, "5m"], ["s0:1h", "u1:5m"], 0],
    ["shortens an hour behind five minutes", ["5m"], ["1h"], ["s0:5m", "u0:5m"], 1],
    [
      "takes the first and the last three of more than four",
      ["1h"],
      ["1h", "1h", "1h", "5m", "5m"],
      ["s0:1h", "u2:1h", "u3:5m", "u4:5m"],
      1,
    ],
  ])("%s", (_, system, user, kept, warned) => {
    expect(marksOf(system, user)).toEqual({ kept, warned });
  });
});
