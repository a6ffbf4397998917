import { expect, it, vi } from "vitest";
import { inChromium } from "./testing/in-chromium.js";
import { keepScreenshot } from "./testing/studio-browser.js";

const TENANT = "acme";

inChromium("Studio's runs", {}, (given) => {
  it("tells a run as it comes, then what it cost and did", async () => {
    const world = await given.openWorld({ leads: 1 });
    const id = await world.start("writer", world.leadIds[0]);
    const { page } = await given.openIn(world, { place: `#/runs/${id}` });
    await page.getByText("Looking at the company.").waitFor();
    await page.getByText("Tool look_up is done").waitFor();
    await page.getByRole("button", { name: "Stop the run" }).waitFor();

    world.goOn();
    await page.getByText("Looking at the company. Dear Ada, we saw that you grow.").waitFor();
    await page.getByRole("status").filter({ hasText: "The run is completed" }).waitFor();
    const trace = page.getByRole("table", { name: "Steps and attempts in their order" });
    await trace.getByText("look_up").first().waitFor();
    const rows = await trace.getByRole("row").allInnerTexts();
    expect(rows.filter((row) => row.includes("scripted/plan"))).toHaveLength(2);
    expect(await page.locator("dl.cards").innerText()).toMatch(/Cost\s+\$0\.0055/);
    expect(await page.getByRole("button", { name: "Stop the run" }).count()).toBe(0);
    await page.getByRole("link", { name: "Figma – Ada Lovelace" }).waitFor();
    await keepScreenshot(page, "studio-run");
  });

  it("goes on where it was after the connection is lost, and says nothing twice", async () => {
    const world = await given.openWorld({ leads: 1 });
    const id = await world.start("writer");
    const { page, troubles } = await given.openIn(world, { place: `#/runs/${id}` });
    await page.getByText("Tool look_up is done").waitFor();
    world.cut();
    await page.getByText("The connection is lost").waitFor();
    world.goOn();
    await page.getByText("Looking at the company. Dear Ada, we saw that you grow.").waitFor();
    expect(await page.getByText("Tool look_up is done").count()).toBe(1);
    expect(troubles.filter((trouble) => !trouble.includes("net::ERR"))).toEqual([]);
    troubles.length = 0;
  });

  it("stops a run", async () => {
    const world = await given.openWorld({ leads: 1 });
    const id = await world.start("writer");
    const { page } = await given.openIn(world, { place: `#/runs/${id}` });
    await page.getByRole("button", { name: "Stop the run" }).click();
    await page.getByRole("status").filter({ hasText: "The run is cancelled" }).waitFor();
    expect((await world.sales.runs.get(TENANT, id))?.stop).toMatchObject({ by: "user:ada" });
  });

  it("lists runs with lead, cost and time, and takes new ones in by itself", async () => {
    const world = await given.openWorld({ leads: 1 });
    await world.start("researcher", world.leadIds[0]);
    const { page } = await given.openIn(world);
    const table = page.getByRole("table", { name: "Runs, latest first" });
    await table.getByRole("row").filter({ hasText: "failed" }).getByText("Figma – Ada Lovelace").waitFor();
    const link = table.getByRole("link", { name: "researcher" });
    await link.focus();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await world.start("outreach");
    await page.clock.fastForward(3_000);
    await table.getByRole("row").filter({ hasText: "waiting" }).getByText("outreach").waitFor();
    expect(new Set(asked.map((path) => path.split("/").at(-1)))).toEqual(new Set(["runs"]));
    expect(await page.evaluate("document.activeElement.textContent")).toBe("researcher");

    await page.getByLabel("Status").selectOption("failed");
    await page.getByText("1 run", { exact: true }).waitFor();
    await page.getByLabel("Status").selectOption("cancelled");
    await page.getByText("No run is cancelled.").waitFor();
  });

  it("calls a wait for a person a wait, and leads to the approval", async () => {
    const world = await given.openWorld({ leads: 1 });
    const id = await world.start("outreach");
    await world.sales.runs.result(TENANT, id);
    const { page } = await given.openIn(world, { place: `#/runs/${id}` });
    const trace = page.getByRole("table", { name: "Steps and attempts in their order" });
    await trace.getByText("waited").waitFor();
    expect(await trace.getByText("failed").count()).toBe(0);
    await page.getByRole("link", { name: "To the approvals" }).click();
    await page.getByRole("button", { name: "Approve send_email" }).waitFor();
  });

  it("says that a list is not up to date while the app is away, and goes on by itself", async () => {
    const world = await given.openWorld({ leads: 1 });
    const { page, context, troubles } = await given.openIn(world);
    await page.getByText("No run yet.").waitFor();
    await context.route("**/runs?*", (route) => route.abort());
    await page.clock.fastForward(3_000);
    await page.getByText("The list is not up to date").waitFor();
    await world.start("researcher");
    await context.unroute("**/runs?*");
    await page.clock.fastForward(3_000);
    await page.getByRole("link", { name: "researcher" }).waitFor();
    expect(await page.getByText("The list is not up to date").count()).toBe(0);
    expect(troubles.filter((trouble) => !trouble.includes("net::ERR"))).toEqual([]);
    troubles.length = 0;
  });

  it("goes on with a run that failed, and tells that too", async () => {
    const world = await given.openWorld({ leads: 1 });
    const id = await world.start("researcher");
    await world.sales.runs.result(TENANT, id);
    const { page } = await given.openIn(world, { place: `#/runs/${id}` });
    const ends = page.getByText(/^Failed: /);
    await ends.waitFor();
    const before = (await world.sales.runs.get(TENANT, id))?.streamId;
    await page.getByRole("button", { name: "Go on with the run" }).click();
    await vi.waitFor(async () => expect((await world.sales.runs.get(TENANT, id))?.streamId).not.toBe(before));
    await ends.waitFor();
  });
});
