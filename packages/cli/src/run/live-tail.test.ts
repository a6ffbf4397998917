import { manualClock } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { LiveTail } from "./live-tail.js";

function tailOn(terminal: { readonly isTTY: boolean; readonly columns?: number }) {
  const clock = manualClock();
  const pieces: string[] = [];
  const output = { ...terminal, write: (text: string) => void pieces.push(text) };
  const live = new LiveTail(output, clock);
  return { live, clock, taken: () => pieces.splice(0).join("") };
}

describe("LiveTail", () => {
  it("shows the end of what is written, on one line, and takes it away again", async () => {
    const { live, clock, taken } = tailOn({ isTTY: true, columns: 30 });
    live.begin("draft");
    expect(taken()).toBe("\r\u001b[2K  … draft  \u001b[2m\u001b[22m");
    await clock.advance(40);
    live.say("draft", "Dear Bo,\nten minutes on Tuesday?");
    expect(taken()).toBe("\r\u001b[2K  … draft  \u001b[2mnutes on Tuesday?\u001b[22m");
    live.clear();
    expect(taken()).toBe("\r\u001b[2K");
    live.clear();
    expect(taken()).toBe("");
  });

  it("draws no more often than an eye can follow, and loses nothing", async () => {
    const { live, clock, taken } = tailOn({ isTTY: true });
    live.begin("draft");
    taken();
    live.say("draft", "a");
    live.say("draft", "b");
    expect(taken()).toBe("");
    await clock.advance(40);
    live.say("draft", "c");
    expect(taken()).toContain("abc");
  });

  it("shows only what the one in front writes", async () => {
    const { live, clock, taken } = tailOn({ isTTY: true });
    live.say("draft", "one");
    await clock.advance(40);
    live.say("subjects", "two");
    expect(taken()).toMatch(/draft.*one.*\r.*subjects.*two/);
  });

  it("can't be led by what a model writes, and is silent where there is no terminal", () => {
    const hostile = tailOn({ isTTY: true });
    hostile.live.say("draft", "\u001b[31m\u202e");
    expect(hostile.taken()).not.toContain("\u001b[31m");
    const piped = tailOn({ isTTY: false });
    piped.live.begin("draft");
    piped.live.say("draft", "text");
    piped.live.clear();
    expect(piped.taken()).toBe("");
  });
});
