import { apiKeys, createServer, firstOf } from "@salesagent/server";
import { next } from "@salesagent/server/next";
import { openSales } from "@/lib/sales";
import { userOf } from "@/lib/session";

// Leads, runs, streams, chat and the webhooks of CRMs, all below /sales.
const sales = await openSales();
const server = createServer({
  sales,
  prefix: "/sales",
  authorize: firstOf((request) => userOf(request.headers.get("cookie")), apiKeys(sales)),
  onError: (error) => console.error(error),
});

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = next(server);
