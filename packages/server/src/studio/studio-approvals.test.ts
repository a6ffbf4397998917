import { expect, it } from "vitest";
import { inChromium } from "./testing/in-chromium.js";
import { keepScreenshot } from "./testing/studio-browser.js";

const TENANT = "acme";

inChromium("Studio's approvals", {}, (given) => {
  const decided = (world: typeof given.world) => world.sales.approvals.list({ tenant: TENANT });

  it("are answered by the keyboard alone", async () => {
    const world = await given.openWorld({ leads: 2 });
    const id = await world.start("outreach", world.leadIds[1]);
    const { page } = await given.openIn(world);
    const focused = () =>
      page.evaluate("document.activeElement.textContent || document.activeElement.tagName");
    const tabTo = async (text: string) => {
      for (let presses = 0; presses < 30; presses += 1) {
        await page.keyboard.press("Tab");
        if ((await focused()) === text) return;
      }
      throw new Error(`no Tab leads to ${text}`);
    };
    await tabTo("Skip to content");
    await tabTo("Approvals");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 2, name: "send_email" }).waitFor();
    expect(await focused()).toBe("Approvals");
    await page.getByRole("link", { name: "Asana – Ada Lovelace" }).waitFor();
    const card = page.getByRole("article", { name: /send_email/ });
    expect(await card.locator("dl.cards").first().innerText()).toMatch(
      /To\s+ada@figma\.example[\s\S]*Expires\s+in /,
    );
    expect(await card.innerText()).toContain("Dear Ada, shall we talk?");
    await keepScreenshot(page, "studio-approvals");

    await tabTo("TEXTAREA");
    await page.keyboard.type("She asked for it");
    await tabTo("Approve send_email");
    await page.keyboard.press("Enter");
    await page.getByRole("status").filter({ hasText: "send_email is approved" }).waitFor();
    expect((await decided(world)).items).toMatchObject([
      { decidedBy: "user:ada", reason: "She asked for it" },
    ]);
    expect(await world.sales.runs.result(TENANT, id)).toMatchObject({ status: "completed" });
    expect(world.mails).toEqual(["ada@figma.example: Dear Ada, shall we talk?"]);
    expect(await focused()).toMatch(/^send_email/);
  });

  it("refuse with a reason", async () => {
    const world = await given.openWorld({ leads: 1 });
    await world.start("outreach");
    const { page } = await given.openIn(world, { place: "#/approvals" });
    await page.getByLabel("Reason").fill("Not now");
    await page.getByRole("button", { name: "Refuse send_email" }).click();
    await page.getByRole("status").filter({ hasText: "send_email is refused" }).waitFor();
    expect((await decided(world)).items).toMatchObject([{ status: "refused", reason: "Not now" }]);
    expect(world.mails).toEqual([]);

    // What was just answered stays, with the focus, when the list is read again.
    const id = await world.start("outreach");
    await world.sales.runs.result(TENANT, id);
    await page.clock.fastForward(5_000);
    await page.getByText("2 approvals").waitFor();
    expect(await page.evaluate("document.activeElement.textContent")).toBe("send_email refused");
  });

  it("change what is done, and say what is no JSON", async () => {
    const world = await given.openWorld({ leads: 1 });
    const id = await world.start("outreach");
    const { page } = await given.openIn(world, { place: "#/approvals" });
    await page.getByText("Change what it will do").click();
    const field = page.getByLabel("Arguments, as JSON");
    await field.fill("{");
    await page.getByRole("button", { name: "Approve send_email" }).click();
    await page.getByRole("alert").filter({ hasText: "This is no JSON" }).waitFor();
    await field.fill('{"to":"bob@figma.example","subject":"Hi","body":"Better so."}');
    await page.getByRole("button", { name: "Approve send_email" }).click();
    await page.getByRole("status").filter({ hasText: "send_email is approved" }).waitFor();
    await world.sales.runs.result(TENANT, id);
    expect(world.mails).toEqual(["bob@figma.example: Better so."]);
  });

  it("say with a code what went wrong, and what to do", async () => {
    const world = await given.openWorld({ leads: 1 });
    await world.start("outreach");
    const { page, troubles } = await given.openIn(world, { place: "#/approvals" });
    const approve = page.getByRole("button", { name: "Approve send_email" });
    await approve.waitFor();
    const [asked] = (await decided(world)).items;
    await world.sales.approvals.refuse(asked?.id ?? "", { tenant: TENANT, by: "user:bob", reason: "no" });
    await approve.click();
    const alert = page.getByRole("alert");
    await alert.getByText("approval.invalid").waitFor();
    expect(await alert.innerText()).toContain("Load the list again");
    troubles.length = 0; // the browser tells of the 409
  });
});
