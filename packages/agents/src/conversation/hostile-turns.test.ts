import { memoryCheckpointer } from "@salesagent/core/graph";
import { describe, expect, it } from "vitest";
import { conversationScene, eventsOf, tenant, threadId } from "./testing/conversation-scene.js";

const text = (said: string) => ({ text: said });

describe("a turn's id that a client gives", () => {
  it.each([
    ["another thread", { tenant, threadId: "call-8" }],
    ["another tenant's", { tenant: "other", threadId }],
  ])("tells nothing of %s", async (_, scope) => {
    const { newAgent } = conversationScene([text("Your code is 1234."), text("Hello.")]);
    const agent = newAgent({ checkpointer: memoryCheckpointer() });
    await eventsOf(agent.turn({ text: "my code?" }, { tenant, threadId, turnId: "t1" }));
    const told = await eventsOf(agent.turn({ text: "hi" }, { ...scope, turnId: "t1" })).catch(
      (error: unknown) => error,
    );
    expect(JSON.stringify(told)).not.toContain("1234");
    expect(JSON.stringify(told)).not.toContain("my code");
    if (scope.tenant === tenant) expect(told).toMatchObject({ code: "flow.wrong_state" });
  });
});

describe("turns of one thread in two processes", () => {
  it("stand whole in the thread, one after the other", async () => {
    const { newAgent, thread } = conversationScene([text("One."), text("Two.")]);
    const turns = ["first", "second"].map((said) =>
      eventsOf(newAgent().turn({ text: said }, { tenant, threadId })),
    );
    await Promise.all(turns);
    const said = await thread();
    expect(said).toHaveLength(4);
    expect(said.map((line) => line.split(":")[0])).toEqual(["user", "assistant", "user", "assistant"]);
  });
});

describe("what is no input", () => {
  it.each([
    ["", "not-heard"],
    [" \n\t ", "not-heard"],
    ["\u0000", "answered"],
    ["\ud800", "answered"],
    ["x".repeat(2_000), "answered"],
  ])("is met as such: %j", async (said, outcome) => {
    const { agent } = conversationScene([text("Hello.")]);
    const events = await eventsOf(agent.turn({ text: said }, { tenant, threadId }));
    expect(events.at(-1)).toMatchObject({ type: "turn-completed", outcome });
  });

  it.each([{}, { text: 5 }, { audio: {} }, { text: null }])("is refused: %j", async (input) => {
    const { agent } = conversationScene([text("Hello.")]);
    const run = async () => eventsOf(agent.turn(input as never, { tenant, threadId }));
    await expect(run()).rejects.toMatchObject({ code: "agent.input_invalid" });
  });
});

it("a turn that is left at any event leaves what was read, and the next one begins", async () => {
  const { agent: whole } = conversationScene([text("One. Two.")]);
  const all = await eventsOf(whole.turn({ text: "hi" }, { tenant, threadId }));
  for (let leaveAt = 1; leaveAt <= all.length; leaveAt++) {
    const { agent, thread } = conversationScene([text("One. Two."), text("Next.")]);
    const caller = new AbortController();
    const turn = agent.turn({ text: "hi" }, { tenant, threadId, signal: caller.signal });
    let seen = 0;
    const read = async () => {
      for await (const _ of turn) if (++seen === leaveAt) caller.abort(new Error("left"));
    };
    await read().catch((error: unknown) => expect(error).toMatchObject({ message: "left" }));
    await turn.settled();
    await eventsOf(agent.turn({ text: "again" }, { tenant, threadId }));
    const said = await thread();
    expect(said.filter((line) => line === "user: hi")).toHaveLength(1);
    expect(said.slice(-2)).toEqual(["user: again", expect.stringMatching(/^assistant: (Next|One)/)]);
  }
});
