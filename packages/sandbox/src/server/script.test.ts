import { describe, expect, it } from "vitest";
import { createSandboxFetch, type SandboxFetch } from "./sandbox-fetch.js";

const post = (sandbox: SandboxFetch, content = "Hello") =>
  sandbox.fetch(`${sandbox.url("openai")}/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer sk-test-1234567890" },
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content }] }),
  });
const contentOf = async (response: Response): Promise<unknown> => {
  const body = (await response.json()) as { choices: [{ message: { content: string } }] };
  return body.choices[0].message.content;
};

describe("a script", () => {
  it("gives listed replies in order and passes verification when all were used", async () => {
    const sandbox = createSandboxFetch({ script: [{ text: "first" }, { text: "second" }] });

    expect(await contentOf(await post(sandbox))).toBe("first");
    expect(() => sandbox.verify()).toThrow("1 of the script's replies were never asked for, from reply 1 on");
    expect(await contentOf(await post(sandbox))).toBe("second");
    expect(() => sandbox.verify()).not.toThrow();
  });

  it("refuses an unplanned call, and names it", async () => {
    const sandbox = createSandboxFetch({ script: [] });

    const response = await post(sandbox);

    expect(response.status).toBe(400);
    const problem = "request 0, POST /openai/v1/chat/completions: unplanned call: the script has 0 replies";
    expect(await response.text()).toContain(problem);
    expect(() => sandbox.verify()).toThrow(problem);
  });

  it("sees the request in no vendor's words, and answers by it", async () => {
    const sandbox = createSandboxFetch({ script: ({ ask }, index) => ({ text: `${index}: ${ask.prompt}` }) });

    expect(await contentOf(await post(sandbox, "one"))).toBe("0: one");
    expect(await contentOf(await post(sandbox, "two"))).toBe("1: two");
  });

  it("reports a function that throws", async () => {
    const sandbox = createSandboxFetch({
      script: () => {
        throw new Error("no such lead");
      },
    });
    await post(sandbox);

    expect(() => sandbox.verify()).toThrow("no such lead");
  });
});

describe("a fault plan", () => {
  it("fails the requests that it picks, as often as it says, and keeps the scripted reply", async () => {
    const sandbox = createSandboxFetch({
      script: [{ text: "at last" }],
      faults: [
        {
          on: ({ ask }) => ask.prompt === "Hello",
          times: 2,
          fault: { type: "status", reason: "overloaded" },
        },
      ],
    });

    const statuses = [(await post(sandbox)).status, (await post(sandbox)).status];
    const answer = await post(sandbox);

    expect(statuses).toEqual([529, 529]);
    expect(await contentOf(answer)).toBe("at last");
    sandbox.verify();
  });

  it("uses the scripted reply when the answer stays whole", async () => {
    const sandbox = createSandboxFetch({
      script: [{ text: "whole" }],
      faults: [{ fault: { type: "split", size: 1 } }],
    });

    expect(await contentOf(await post(sandbox))).toBe("whole");
    sandbox.verify();
  });

  it("can be added while the sandbox runs", async () => {
    const sandbox = createSandboxFetch({ script: { text: "fine" } });
    expect((await post(sandbox)).status).toBe(200);
    sandbox.addFault({ fault: { type: "status", status: 503 } });

    expect((await post(sandbox)).status).toBe(503);
    expect((await post(sandbox)).status).toBe(200);
    expect(() => sandbox.addFault({ times: -1, fault: { type: "silence" } })).toThrow(RangeError);
  });
});
