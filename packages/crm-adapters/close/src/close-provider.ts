import type {
  CRMProvider,
  CrmCallOptions,
  CrmCapabilities,
  CrmChange,
  CrmChanges,
  CrmDraft,
  CrmFieldSchema,
  CrmFound,
  CrmHint,
  CrmKind,
  CrmLookup,
  CrmPage,
  CrmRecord,
  CrmWebhookRequest,
  CrmWrite,
  CrmWritten,
  DependencyHealth,
} from "@salesagent/ports";
import { SalesAgentError } from "@salesagent/ports";
import { ActivityKind } from "./activity-kind.js";
import { CloseApi } from "./close-api.js";
import { crmError, unsupported } from "./close-errors.js";
import type { CloseKind } from "./close-kind.js";
import {
  type CloseCredential,
  type CloseOptions,
  type CloseSettings,
  resolveClose,
} from "./close-options.js";
import { CompanyKind } from "./company-kind.js";
import { ContactKind } from "./contact-kind.js";
import { DealKind } from "./deal-kind.js";
import { CloseOptOuts } from "./opt-outs.js";
import { readHints } from "./webhook-hints.js";
import { checkSignature } from "./webhook-signature.js";
import { CloseSubscriptions } from "./webhook-subscriptions.js";
import { writeRows } from "./write-many.js";

/** Close as a CRM provider, and what it has beside. */
export interface CloseProvider extends CRMProvider {
  readonly provider: "close";
  /** Subscriptions by which Close tells of changes. */
  readonly webhooks: CloseSubscriptions;
  /** Addresses that want no mail. */
  readonly optOuts: CloseOptOuts;
}

/** How many records are got at once. */
const GETS_AT_ONCE = 5;

/**
 * Close's contacts, leads (our companies), opportunities (our deals) and activities. Nothing is sent before the first call.
 *
 * @throws TypeError or RangeError naming the option that makes no sense.
 */
export function close(credential: CloseCredential, options: CloseOptions = {}): CloseProvider {
  const isKnown =
    typeof credential === "object" &&
    credential !== null &&
    ("apiKey" in credential || "oauth" in credential);
  if (!isKnown) throw new TypeError("close: a credential is { apiKey } or { oauth }");
  const settings = resolveClose(options);
  return new Close(new CloseApi(credential, options, settings.clock), settings, options.webhook);
}

class Close implements CloseProvider {
  readonly port = "crm-provider/1";
  readonly provider = "close";
  readonly capabilities: CrmCapabilities;
  readonly webhooks: CloseSubscriptions;
  readonly optOuts: CloseOptOuts;
  readonly #api: CloseApi;
  readonly #settings: CloseSettings;
  readonly #webhook: CloseOptions["webhook"];
  readonly #kinds: { readonly [Kind in CrmKind]: CloseKind<Kind> };

  constructor(api: CloseApi, settings: CloseSettings, webhook: CloseOptions["webhook"]) {
    this.#api = api;
    this.#settings = settings;
    this.#webhook = webhook;
    this.webhooks = new CloseSubscriptions(api);
    this.optOuts = new CloseOptOuts(api);
    this.#kinds = {
      contact: new ContactKind(api, settings),
      company: new CompanyKind(api, settings),
      deal: new DealKind(api, settings),
      activity: new ActivityKind(api),
    };
    const { contact, company, deal, activity } = this.#kinds;
    this.capabilities = {
      kinds: {
        contact: contact.support,
        company: company.support,
        deal: deal.support,
        activity: activity.support,
      },
      webhooks: "signed",
    };
  }

  list<Kind extends CrmKind>(
    kind: Kind,
    from: { readonly cursor?: string | undefined } = {},
    call?: CrmCallOptions,
  ): AsyncIterable<CrmPage<Kind>> {
    return lazily(() => this.#kinds[kind].list(from.cursor, call));
  }

  changes<Kind extends CrmKind>(
    kind: Kind,
    from: { readonly cursor: string } | { readonly since: string },
    call?: CrmCallOptions,
  ): AsyncIterable<CrmChanges<Kind>> {
    return lazily(() => this.#kinds[kind].changes(from, call));
  }

  async get<Kind extends CrmKind>(
    kind: Kind,
    id: string,
    call?: CrmCallOptions,
  ): Promise<CrmRecord<Kind> | undefined> {
    return this.#kinds[kind].get(id, call);
  }

  /** One by one, a few at once: Close has no call for many that would read what was just written. */
  async getMany<Kind extends CrmKind>(
    kind: Kind,
    ids: readonly string[],
    call?: CrmCallOptions,
  ): Promise<readonly (CrmRecord<Kind> | undefined)[]> {
    const found: (CrmRecord<Kind> | undefined)[] = [];
    for (let at = 0; at < ids.length; at += GETS_AT_ONCE) {
      const some = ids.slice(at, at + GETS_AT_ONCE);
      found.push(...(await Promise.all(some.map((id) => this.get(kind, id, call)))));
    }
    return found;
  }

  async lookup<Kind extends CrmKind>(what: CrmLookup<Kind>, call?: CrmCallOptions): Promise<CrmFound<Kind>> {
    const { kind, ...keys } = what;
    const asked = Object.entries(keys).filter(([, value]) => value !== undefined);
    const known: readonly string[] = this.#kinds[kind].support.lookup.map(({ by }) => by);
    const strange = asked.find(([by]) => !known.includes(by))?.[0];
    if (strange !== undefined) throw unsupported(`lookup by ${strange}`, kind);
    if (asked.length === 0) throw new TypeError(`close.lookup: give at least one of ${known.join(", ")}`);
    return this.#kinds[kind].lookup(what, call);
  }

  async create<Kind extends CrmKind>(draft: CrmDraft<Kind>, call?: CrmCallOptions): Promise<CrmRecord<Kind>> {
    return this.#kinds[draft.kind].create(draft, call);
  }

  async update<Kind extends CrmKind>(
    change: CrmChange<Kind>,
    call?: CrmCallOptions,
  ): Promise<CrmRecord<Kind>> {
    return this.#kinds[change.kind].update(change, call);
  }

  async remove(kind: CrmKind, id: string, call?: CrmCallOptions): Promise<void> {
    await this.#kinds[kind].remove(id, call);
  }

  async writeMany(writes: readonly CrmWrite[], call?: CrmCallOptions): Promise<readonly CrmWritten[]> {
    return writeRows(writes, (row) => this.#write(row, call), call?.signal);
  }

  async #write(row: CrmWrite, call: CrmCallOptions | undefined): Promise<CrmWritten> {
    if (row.op === "remove") {
      await this.remove(row.kind, row.id, call);
      return { status: "written", id: row.id };
    }
    const record =
      row.op === "create" ? await this.create(row.draft, call) : await this.update(row.change, call);
    return { status: "written", id: record.id, record };
  }

  async verifyWebhook(request: CrmWebhookRequest): Promise<readonly CrmHint[]> {
    if (this.#webhook === undefined) {
      throw crmError("crm.unsupported", {
        message: "close.webhook.signatureKeys is not set, so nothing proves who sent this. Set it.",
        facts: { operation: "verifyWebhook" },
      });
    }
    await checkSignature(request, { options: this.#webhook, nowMs: this.#settings.clock.now() });
    return readHints(request.rawBody);
  }

  async schema(kind: CrmKind, call?: CrmCallOptions): Promise<readonly CrmFieldSchema[]> {
    return this.#kinds[kind].schema(call);
  }

  /** Asks who the credential belongs to and, where webhooks are set up, whether Close paused a subscription. */
  async health(call?: CrmCallOptions): Promise<readonly DependencyHealth[]> {
    const startedMs = this.#settings.clock.elapsed();
    try {
      await this.#api.find("/me/", {}, call);
      const subscriptions = this.#webhook === undefined ? [] : await this.webhooks.list(call);
      const latencyMs = this.#settings.clock.elapsed() - startedMs;
      const paused = subscriptions.filter(({ status }) => status === "paused").map(({ id }) => id);
      const well = { name: "close", status: "ok", latencyMs } as const;
      if (this.#webhook === undefined) return [well];
      if (paused.length === 0) return [well, { name: "close/webhooks", status: "ok" }];
      const note = `Close paused ${paused.join(", ")} and forgot what waited. Call webhooks.reactivate(id), and sync, which reads what changed since.`;
      return [well, { name: "close/webhooks", status: "degraded", note }];
    } catch (error) {
      if (!SalesAgentError.is(error)) throw error;
      const isLimited = error.code === "service.rate_limited";
      return [{ name: "close", status: isLimited ? "degraded" : "down", note: error.message }];
    }
  }
}

/** What a walk throws comes when it is read, and not before. */
async function* lazily<T>(open: () => AsyncIterable<T>): AsyncGenerator<T> {
  yield* open();
}
