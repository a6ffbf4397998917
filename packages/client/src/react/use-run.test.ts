// @vitest-environment happy-dom
import type { Document, HTMLElement } from "happy-dom";
import { act, createElement, StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ClientError } from "../client-error.js";
import { scriptedRuns } from "../testing/scripted-runs.js";
import { type RunOfComponent, type UseRunOptions, useRun } from "./use-run.js";

const { document } = globalThis as unknown as { document: Document };
let root: Root;
let host: HTMLElement;
let shown: RunOfComponent[] = [];

function Lead(options: UseRunOptions) {
  const run = useRun(options);
  shown.push(run);
  return createElement("p", null, `${run.status}: ${run.text}`);
}

const latest = () => shown.at(-1) as RunOfComponent;
const render = (options: UseRunOptions, strict = false) =>
  act(async () => {
    const page = createElement(Lead, options);
    root.render(strict ? createElement(StrictMode, null, page) : page);
  });
const settle = () =>
  act(async () => {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve));
  });

beforeEach(() => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  host = document.createElement("div");
  root = createRoot(host);
  shown = [];
});
afterEach(() => act(async () => root.unmount()));

const text = (seq: number, piece: string) => ({ seq, type: "text-delta", data: { text: piece } });
const done = (seq: number) => ({ seq, type: "run-completed", data: { output: { score: 80 } } });

describe("useRun", () => {
  it("begins a run and shows what it tells until it is complete", async () => {
    const runs = scriptedRuns();
    await render({ client: runs.client, agent: "qualification" });
    expect(host.textContent).toBe("idle: ");
    await act(() => latest().start({ input: { company: "Figma" }, leadId: "lead-1" }));
    expect(runs.started).toEqual([
      { agent: "qualification", input: { company: "Figma" }, leadId: "lead-1", id: "run-1" },
    ]);
    runs.tell("run-1", text(1, "A good "), text(2, "lead."));
    await settle();
    expect(host.textContent).toBe("running: A good lead.");
    runs.tell("run-1", done(3));
    await settle();
    expect(latest()).toMatchObject({ status: "completed", output: { score: 80 }, streamId: "run-1" });
  });

  it("shows many events that come at once with one rendering", async () => {
    const runs = scriptedRuns();
    await render({ client: runs.client, streamId: "run-9" });
    const before = shown.length;
    runs.tell("run-9", ...Array.from({ length: 500 }, (_, index) => text(index + 1, "x")));
    await settle();
    expect(latest().text).toHaveLength(500);
    expect(shown.length - before).toBeLessThan(5);
  });

  it("keeps one connection in StrictMode", async () => {
    const runs = scriptedRuns();
    await render({ client: runs.client, streamId: "run-9" }, true);
    expect(runs.followed).toEqual([{ id: "run-9", after: 0 }]);
    expect(runs.open()).toBe(1);
  });

  it("lets go of the connection with the component, and goes on after the last event when it is back", async () => {
    const runs = scriptedRuns();
    await render({ client: runs.client, streamId: "run-9" });
    runs.tell("run-9", text(1, "A good "));
    await settle();
    await act(async () => root.unmount());
    expect(runs.open()).toBe(0);
    root = createRoot(host);
    await render({ client: runs.client, streamId: "run-9" });
    expect(host.textContent).toBe("running: A good ");
    runs.tell("run-9", text(2, "lead."));
    await settle();
    expect(host.textContent).toBe("running: A good lead.");
    expect(runs.followed).toEqual([
      { id: "run-9", after: 0 },
      { id: "run-9", after: 1 },
    ]);
  });

  it("follows one run once, however many components show it", async () => {
    const runs = scriptedRuns();
    const options = { client: runs.client, streamId: "run-9" };
    await act(async () => root.render([1, 2, 3].map((key) => createElement(Lead, { key, ...options }))));
    expect(runs.open()).toBe(1);
    runs.tell("run-9", text(1, "hi"));
    await settle();
    expect(host.textContent).toBe("running: hirunning: hirunning: hi");
  });

  it("shows another run when the page asks for another", async () => {
    const runs = scriptedRuns();
    await render({ client: runs.client, streamId: "run-8" });
    runs.tell("run-8", text(1, "eight"));
    runs.tell("run-9", text(1, "nine"));
    await settle();
    await render({ client: runs.client, streamId: "run-9" });
    await settle();
    expect(host.textContent).toBe("running: nine");
    expect(runs.open()).toBe(1);
  });

  it("tells why a run could not be begun, and why one can't be followed", async () => {
    const runs = scriptedRuns();
    const denied = new ClientError({ code: "access.denied", status: 403, detail: "Not allowed." });
    runs.refuse(denied);
    await render({ client: runs.client, agent: "qualification" });
    await act(() => latest().start({}));
    expect(latest()).toMatchObject({ status: "failed", error: { code: "access.denied" } });
    await render({ client: runs.client, streamId: "run-9" });
    runs.lose("run-9", new ClientError({ code: "stream.unknown", status: 404, detail: "Gone." }));
    await settle();
    expect(latest()).toMatchObject({ status: "lost", error: { code: "stream.unknown", message: "Gone." } });
  });

  it("stops the run that it shows, and one that has no id yet as soon as it has", async () => {
    const runs = scriptedRuns();
    await render({ client: runs.client, agent: "qualification" });
    await act(async () => {
      const starting = latest().start({});
      await latest().stop();
      await starting;
    });
    expect(runs.stopped).toEqual(["run-1"]);
    await act(() => latest().start({}));
    await act(() => latest().stop());
    expect(runs.stopped).toEqual(["run-1", "run-2"]);
    runs.tell("run-2", { seq: 1, type: "run-cancelled", data: {} });
    await settle();
    expect(latest().status).toBe("cancelled");
  });

  it("shows the run that was begun last, whichever answer comes first", async () => {
    const runs = scriptedRuns();
    await render({ client: runs.client, agent: "qualification" });
    const answerFirst = runs.holdNextStart();
    await act(async () => {
      void latest().start({ input: 1 });
      await latest().start({ input: 2 });
    });
    await act(async () => answerFirst());
    expect(latest().streamId).toBe("run-2");
  });

  it("says before it asks anything that `start` needs an agent", async () => {
    const runs = scriptedRuns();
    await render({ client: runs.client });
    await expect(latest().start({})).rejects.toThrow("useRun: `start` needs the option `agent`.");
  });

  it("renders on a server without asking anybody", () => {
    const runs = scriptedRuns();
    const page = createElement(Lead, { client: runs.client, streamId: "run-9" });
    expect(renderToString(page)).toBe("<p>idle: </p>");
    expect(runs.followed).toEqual([]);
  });
});
