import { type Clock, systemClock } from "@salesagent/ports";
import { apolloSandbox, type CrmEndpoint, closeSandbox, hubspotSandbox } from "@salesagent/sandbox/crm";
import type { MadeUpAccount } from "./made-up-accounts.js";

/** How a CRM of made-up records is made. */
export interface SeededCrmOptions {
  readonly accounts: Iterable<MadeUpAccount>;
  /** How far searches lag behind, in milliseconds. */
  readonly searchLagMs: number;
  /** Whether the vendor's rate limits are kept. */
  readonly limited: boolean;
}

/** A CRM on this machine, filled. */
export interface SeededCrm {
  readonly endpoint: CrmEndpoint;
  /** What comes after scheme, host and port. */
  readonly path: string;
  readonly credential: string;
  /** A call that edits a contact as a user would, for people to paste; given the base URL. */
  editExample(baseUrl: string): string;
}

/** CRMs that have a sandbox with records. */
export const SANDBOX_CRMS = ["close", "hubspot", "apollo"] as const;

export type SandboxCrm = (typeof SANDBOX_CRMS)[number];

/** Records are as old as this; a sync that only looks at what changed lately passes them over. */
const AGE_MS = 40 * 86_400_000;
/** As good as none. */
const UNLIMITED = 1_000_000_000;

/** Makes a CRM and fills it. */
export async function seededCrm(name: SandboxCrm, options: SeededCrmOptions): Promise<SeededCrm> {
  const past = pastClock();
  const crm = await MAKERS[name](past.clock, options);
  past.end();
  return crm;
}

/** A clock that is behind until it is told to be right. */
function pastClock(): { readonly clock: Clock; end(): void } {
  let behindMs = AGE_MS;
  return {
    clock: { ...systemClock, now: () => systemClock.now() - behindMs },
    end: () => {
      behindMs = 0;
    },
  };
}

const MAKERS: Readonly<
  Record<SandboxCrm, (clock: Clock, options: SeededCrmOptions) => Promise<SeededCrm> | SeededCrm>
> = { close: closeOf, hubspot: hubspotOf, apollo: apolloOf };

async function closeOf(
  clock: Clock,
  { accounts, searchLagMs, limited }: SeededCrmOptions,
): Promise<SeededCrm> {
  const rates = limited ? {} : { search: UNLIMITED, leadDelete: UNLIMITED, general: UNLIMITED };
  const endpoint = closeSandbox({ clock, indexLagMs: searchLagMs, rates });
  for (const { name, domain, city, contacts, dealMinor } of accounts) {
    const lead = await endpoint.act("POST", "/lead/", {
      name,
      url: `https://${domain}`,
      addresses: [{ label: "business", city }],
      contacts: contacts.map(({ firstName, lastName, email, title, phone }) => ({
        name: `${firstName} ${lastName}`,
        title,
        emails: [{ email, type: "office" }],
        phones: [{ phone, type: "office" }],
      })),
    });
    if (dealMinor === undefined) continue;
    await endpoint.act("POST", "/opportunity/", { lead_id: lead["id"], value: dealMinor });
  }
  return {
    endpoint,
    path: "/api/v1",
    credential: "api_sandbox",
    editExample: (url) => {
      const [contact] = endpoint.standing("contact");
      return `curl -su api_sandbox: -X PUT ${url}/contact/${contact?.id}/ -H 'content-type: application/json' -d '{"name":"Renamed There"}'`;
    },
  };
}

function hubspotOf(clock: Clock, { accounts, searchLagMs, limited }: SeededCrmOptions): SeededCrm {
  const endpoint = hubspotSandbox({ clock, searchLagMs, ...(limited ? {} : { rates: false }) });
  const { world } = endpoint;
  for (const { name, domain, city, contacts, dealMinor } of accounts) {
    const [company = ""] = world.seed("companies", [{ name, domain, city }]);
    const people = world.seed(
      "contacts",
      contacts.map(({ firstName, lastName, email, title, phone }) => ({
        ...{ firstname: firstName, lastname: lastName, email, jobtitle: title, phone },
      })),
    );
    for (const id of people) world.associate("contacts", id, "companies", company);
    if (dealMinor === undefined) continue;
    const [deal = ""] = world.seed("deals", [
      { dealname: `${name}: seats`, amount: String(dealMinor / 100) },
    ]);
    world.associate("deals", deal, "companies", company);
  }
  const credential = "pat-sandbox";
  return {
    endpoint,
    path: "",
    credential,
    editExample: (url) => {
      const [id] = world.standing("contacts");
      return `curl -s -X PATCH ${url}/crm/v3/objects/contacts/${id} -H 'authorization: Bearer ${credential}' -H 'content-type: application/json' -d '{"properties":{"firstname":"Renamed"}}'`;
    },
  };
}

function apolloOf(clock: Clock, { accounts, searchLagMs, limited }: SeededCrmOptions): SeededCrm {
  const limits = { general: {}, enrichment: {}, contactSearch: {} };
  const endpoint = apolloSandbox({ clock, searchLagMs, ...(limited ? {} : { limits }) });
  const { world } = endpoint;
  let first = "";
  for (const { name, domain, contacts, dealMinor } of accounts) {
    const account = world.addAccount({ name, domain });
    for (const { firstName, lastName, email, title, phone } of contacts) {
      const made = world.addContact({
        ...{ first_name: firstName, last_name: lastName, email, title, direct_phone: phone },
        ...{ account_id: account.id, organization_name: name },
      });
      first ||= made.id;
    }
    if (dealMinor === undefined) continue;
    world.addOpportunity({ name: `${name}: seats`, amount: String(dealMinor / 100), account_id: account.id });
  }
  return {
    endpoint,
    path: "/api/v1",
    credential: "sandbox",
    editExample: (url) =>
      `curl -s -X PUT ${url}/contacts/${first} -H 'x-api-key: sandbox' -H 'content-type: application/json' -d '{"title":"Chief of Staff"}'`,
  };
}
