// Two CRMs on this machine, and the adapters that speak to them over HTTP. Half of the companies and people of each are in the other too.
import { createRateBudget } from "@salesagent/core/http";
import { close } from "@salesagent/crm-close";
import { hubspot } from "@salesagent/crm-hubspot";
import { closeSandbox, createManualClock, hubspotSandbox } from "@salesagent/sandbox/crm";

const names = ["Ada", "Bo", "Cleo", "Dag", "Eva", "Finn", "Gro", "Hal"];
const inHubspot = range(1, 20);
const inClose = range(11, 25);

export async function openCrms() {
  const clock = createManualClock(); // moved by hand, so that nobody waits for searches that are behind
  const hubspotWorld = hubspotSandbox({ clock, rates: false });
  const closeWorld = closeSandbox({ clock, rates: { search: 1_000, general: 10_000 } });
  seedHubspot(hubspotWorld.world);
  await seedClose(closeWorld);
  clock.advance(120_000);
  // HubSpot's own windows would wait for a clock that stands still
  const rateBudget = createRateBudget({
    name: "hubspot",
    windows: [{ name: "all", limit: 10_000, windowMs: 1_000 }],
  });
  const servers = await Promise.all([hubspotWorld.listen(), closeWorld.listen()]);
  const [hubspotUrl, closeUrl] = servers.map(({ url }) => url);
  return {
    clock,
    hubspotWorld,
    closeWorld,
    // in your app: hubspot({ token }) and close({ apiKey })
    hubspotCrm: hubspot({ token: "pat-sandbox" }, { baseUrl: hubspotUrl, clock, http: { rateBudget } }),
    closeCrm: close({ apiKey: "api_sandbox" }, { baseUrl: `${closeUrl}/api/v1`, clock }),
    end: () => Promise.all(servers.map((server) => server.close())),
  };
}

function seedHubspot(world) {
  const companyIds = world.seed(
    "companies",
    inHubspot.map((number) => ({ name: `Works ${number}`, domain: domainOf(number) })),
  );
  for (const [at, number] of inHubspot.entries()) {
    const people = names.map((firstname) => ({
      ...{ firstname, lastname: `Works${number}`, email: emailOf(firstname, number) },
      jobtitle: "Buyer",
    }));
    for (const id of world.seed("contacts", people))
      world.associate("contacts", id, "companies", companyIds[at]);
  }
}

async function seedClose({ act }) {
  for (const number of inClose) {
    const contacts = names.map((name) => ({
      ...{ name: `${name} Works${number}`, title: "Buyer" },
      emails: [{ type: "office", email: emailOf(name, number) }],
    }));
    await act("POST", "/lead/", { name: `Works ${number}`, url: `https://${domainOf(number)}`, contacts });
  }
}

export const emailOf = (name, number) => `${name.toLowerCase()}@${domainOf(number)}`;

function domainOf(number) {
  return `works${number}.example`;
}

function range(first, last) {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
