import { createCrmDouble } from "@salesagent/conformance";
import type { Principal } from "@salesagent/core/access";
import { createSalesAgent, type SalesAgent } from "@salesagent/core/app";
import type { Role, Storage } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { apiKeys, firstOf } from "../../access.js";
import { createServer } from "../../create-server.js";
import { listen } from "../../node/index.js";
import { failing, mailer, type Text, writer } from "./studio-agents.js";
import { makeConflict, storeFigures, storeLeads, storeLetter } from "./studio-data.js";

const TENANT = "acme";

/** An app with something on every page of Studio, whose users are known by a cookie: `as=member`. */
export interface StudioWorld extends AsyncDisposable {
  /** Of the page. */
  readonly url: string;
  readonly sales: SalesAgent;
  readonly storage: Storage;
  readonly leadIds: readonly string[];
  /** Breaks all connections that there are. */
  readonly cut: () => void;
  /** Lets the model of `writer` say the rest of what it says. */
  readonly goOn: () => void;
  readonly mails: readonly string[];
  start(agent: string, leadId?: string): Promise<string>;
}

export interface WorldOptions {
  /** What every text of leads, records and tools is made of. @defaultValue the text itself */
  readonly text?: Text;
  /** @defaultValue "/sales" */
  readonly prefix?: string;
  /** @defaultValue 30 */
  readonly leads?: number;
}

export async function openStudioWorld({
  text = (plain) => plain,
  prefix = "/sales",
  leads = 30,
}: WorldOptions = {}): Promise<StudioWorld> {
  const storage = memoryStorage();
  const mails: string[] = [];
  let goOn = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const { provider, world } = createCrmDouble({ provider: "close" });
  const agents = [writer(storage, text, held), mailer(storage, text, mails), failing(storage, text)];
  const sales = createSalesAgent({ storage, agents, crm: { close: { provider } }, streams: { flushMs: 0 } });
  const server = createServer({
    ...{ sales, prefix, studio: true, authorize: firstOf(bySession, apiKeys(sales)) },
    leads: { qualifier: "writer" },
  });
  const listening = await listen({ port: 0 }, server);
  const leadIds = await storeLeads(storage, text, leads);
  await storeFigures(storage);
  await makeConflict(sales, world, text);
  await storeLetter(storage, text);
  const start = async (agent: string, leadId?: string) => {
    const request = {
      agent,
      input: text("Write to Ada"),
      by: "user:ada",
      ...(leadId !== undefined && { leadId }),
    };
    return (await sales.runs.start(TENANT, request)).id;
  };
  return {
    ...{ url: `${listening.url}${prefix.replace(/\/$/, "")}/studio`, sales, storage, leadIds, mails, start },
    goOn,
    cut: () => listening.http.closeAllConnections(),
    async [Symbol.asyncDispose]() {
      goOn();
      listening.http.closeAllConnections();
      await listening.close();
      await server[Symbol.asyncDispose]();
      await sales[Symbol.asyncDispose]();
    },
  };
}

/** Whoever the cookie says, or nobody. */
function bySession(request: Request): Principal | undefined {
  const role = /(?:^|; )as=(\w+)/.exec(request.headers.get("cookie") ?? "")?.[1];
  return role === undefined ? undefined : { tenant: TENANT, id: "user:ada", role: role as Role, name: "Ada" };
}
