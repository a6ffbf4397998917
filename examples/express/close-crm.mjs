// Close: the one of your key, else one on this machine.
import { close } from "@salesagent/crm-close";
import { SalesAgentError } from "@salesagent/ports";
import { closeSandbox } from "@salesagent/sandbox/crm";

/** How a process reaches Close, and what its webhooks are signed with. In a worker: without `sandbox`. */
function closeOf({ apiKey, baseUrl, signatureKeys = [] }) {
  return close({ apiKey }, { baseUrl, indexLagMs: 0, webhook: { signatureKeys: () => signatureKeys } });
}

/** This Close is Acme's. One provider in place of a function would give it to every tenant. */
export function closeOfTenant(tenant, access) {
  if (tenant === "acme") return closeOf(access);
  throw new SalesAgentError("credential.not_found", {
    message: "This tenant has no Close. Connect it first.",
    facts: { platform: "close", account: "default" },
    replay: "safe",
  });
}

/** Begins a Close on this machine, where no key is set. */
export async function openClose() {
  const { CLOSE_API_KEY: apiKey, CLOSE_SIGNATURE_KEY: signatureKey } = process.env;
  if (apiKey)
    return { access: { apiKey, signatureKeys: signatureKey ? [signatureKey] : [] }, end: async () => {} };
  const sandbox = closeSandbox({ consolidationMs: 0, indexLagMs: 0 });
  const { url, close: end } = await sandbox.listen();
  return { access: { apiKey: "api_sandbox", baseUrl: `${url}/api/v1`, signatureKeys: [] }, sandbox, end };
}

/** What you do once in your CRM: it tells the app of each change from now on. */
export async function subscribe({ access, sandbox }, url) {
  if (!sandbox) return;
  const { signatureKey } = await closeOf(access).webhooks.create({ url });
  access.signatureKeys.push(signatureKey); // told only now
}

/**
 * A user of the Close on this machine adds a person; Close tells the app.
 *
 * @param {{ sandbox?: import("@salesagent/sandbox/crm").CloseSandbox }} crm
 * @param {string} name
 */
export async function addContact({ sandbox }, name) {
  if (!sandbox) throw new Error("This Close is a real one: its users add people.");
  await sandbox.act("POST", "/lead/", { name: `${name}'s company`, contacts: [{ name }] });
  return sandbox.webhooks.deliver();
}
