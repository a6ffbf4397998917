import { createCrmSync, type TenantSync } from "@salesagent/core/crm";
import { CRMS, type CrmSetting, crmCredential, type KnownCrm } from "../choice/crms.js";
import type { Io } from "../io.js";
import { openStore, type StoreSession } from "../session/open-session.js";
import type { StoreChoice } from "../session/store-options.js";

/** A store, and the syncs of its tenant. */
export interface SyncSession extends AsyncDisposable {
  readonly store: StoreSession;
  readonly sync: TenantSync;
}

/** Of one CRM, where it is not as its name alone says. */
export type CrmWishes = Pick<CrmSetting, "baseUrl" | "writes">;

/** Opens the syncs of a store with all CRMs; a credential is only asked for by what calls the CRM. */
export async function openSync(
  choice: StoreChoice,
  io: Io,
  { crm, ...wishes }: CrmWishes & { readonly crm?: KnownCrm | undefined } = {},
): Promise<SyncSession> {
  const store = await openStore(choice, io);
  const open = (known: KnownCrm) =>
    known.open({
      credential: () => crmCredential(known, io),
      fetch: io.fetch,
      ...(known.name === crm?.name ? wishes : {}),
    });
  const connections = Object.fromEntries(
    CRMS.map((known) => [known.name, { provider: () => open(known), direction: known.direction }]),
  );
  const sync = createCrmSync({ storage: store.storage, connections }).tenant(choice.tenant);
  return { store, sync, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}
