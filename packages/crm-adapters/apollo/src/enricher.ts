import type { ServiceClient } from "@salesagent/core/http";
import {
  type Clock,
  type Company,
  type CompanyHints,
  type Contact,
  type Enrichment,
  type JsonObject,
  type PersonHints,
  SalesAgentError,
  type TenantCall,
  untilAborted,
} from "@salesagent/ports";
import { AnswerMemory, type Remembered } from "./answer-memory.js";
import { CreditBudget } from "./credit-budget.js";
import {
  aliasesOfCompany,
  aliasesOfPerson,
  foundIn,
  keysOfCompany,
  keysOfPerson,
} from "./enrichment-keys.js";
import { type EnrichmentOptions, type EnrichmentSettings, resolveEnrichment } from "./enrichment-options.js";
import type { ApolloEnricher, WaterfallOrder, WaterfallStart } from "./enrichment-types.js";
import { toCompany, toContact } from "./from-enrichment.js";
import { companyQuery, personQuery } from "./hints.js";
import { inOrderOf } from "./match-order.js";
import { awaitWaterfall, noRequestId, type WaterfallMeans, waterfallResult } from "./waterfall.js";
import { listOf, numberOf, objectOf, rowsOf, textOf } from "./wire.js";

const LARGEST_BULK = 10;
/** One for the person, eight for a mobile number. */
const CREDITS_WITH_PHONE = 9;

/** Makes the enricher of one client. */
export function createEnricher(
  client: ServiceClient,
  clock: Clock,
  options: EnrichmentOptions | undefined,
): ApolloEnricher {
  const settings = resolveEnrichment(options);
  const enricher = new Enricher(client, clock, settings);
  const means: WaterfallMeans = { client, clock, emails: settings.emails };
  return {
    port: "company-enricher/1",
    provider: "apollo",
    get creditsSpent() {
      return enricher.credits.spent;
    },
    company: (hints, call) => enricher.company(hints, call),
    person: (hints, call) => enricher.person(hints, call),
    people: (hints, call) => enricher.people(hints, call),
    companies: (domains, call) => enricher.companies(domains, call),
    startWaterfall: (hints, order, call) => enricher.startWaterfall(hints, order, call),
    waterfallResult: (requestId, call) => waterfallResult(means, requestId, call),
    awaitWaterfall: (requestId, wait) => awaitWaterfall(means, requestId, wait),
  };
}

interface Answer {
  readonly kept: Remembered;
  readonly credits: number;
}

class Enricher {
  readonly credits: CreditBudget;
  readonly #client: ServiceClient;
  readonly #settings: EnrichmentSettings;
  readonly #memory: AnswerMemory;
  /** Questions that are being asked, so that two who ask the same at once pay once. */
  readonly #asking = new Map<string, Promise<Answer>>();

  constructor(client: ServiceClient, clock: Clock, settings: EnrichmentSettings) {
    this.#client = client;
    this.#settings = settings;
    this.credits = new CreditBudget(settings.credits, clock);
    this.#memory = new AnswerMemory({ ...settings, clock });
  }

  async company(hints: CompanyHints, call: TenantCall): Promise<Enrichment<Company>> {
    const keys = keysOfCompany(hints);
    const { kept, credits } = await this.#once(keys, call, async () => {
      const query = companyQuery(hints);
      const answer = await this.#client.get("/organizations/enrich", {
        query,
        // it is paid for: what was lost on the way is not asked for again by itself
        replay: "unsafe",
        group: "organizations/enrich",
      });
      const wire = foundIn(objectOf(answer.body())["organization"]);
      return { wire, keys: [...keys, ...aliasesOfCompany(wire)] };
    });
    return toldCompany(kept, credits);
  }

  async person(hints: PersonHints, call: TenantCall): Promise<Enrichment<Contact>> {
    const keys = keysOfPerson(hints);
    const { kept, credits } = await this.#once(keys, call, async () => {
      const answer = await this.#client.post("/people/match", {
        query: { ...personQuery(hints), ...this.#flags() },
        group: "people/match",
      });
      const wire = foundIn(objectOf(answer.body())["person"]);
      return { wire, keys: [...keys, ...aliasesOfPerson(wire)] };
    });
    return this.#enrichment(kept, credits);
  }

  people(all: readonly PersonHints[], call: TenantCall): Promise<readonly Enrichment<Contact>[]> {
    return this.#many(all, call, {
      keysOf: keysOfPerson,
      ask: (hints) => this.#bulkPeople(hints, call),
      told: (kept, credits) => this.#enrichment(kept, credits),
    });
  }

  companies(domains: readonly string[], call: TenantCall): Promise<readonly Enrichment<Company>[]> {
    return this.#many(domains, call, {
      keysOf: (domain) => keysOfCompany({ domain }),
      ask: (asked) => this.#bulkCompanies(asked, call),
      told: toldCompany,
    });
  }

  async startWaterfall(
    hints: readonly PersonHints[],
    order: WaterfallOrder,
    call: TenantCall,
  ): Promise<WaterfallStart> {
    if (hints.length < 1 || hints.length > LARGEST_BULK) {
      throw new RangeError(`apollo: a waterfall is for 1 to ${LARGEST_BULK} people, got ${hints.length}`);
    }
    if (!/^https:\/\//i.test(order.webhookUrl))
      throw new TypeError("apollo: webhookUrl must begin with https://");
    const { email = true, phone = false } = order;
    const flags = { run_waterfall_email: email, run_waterfall_phone: phone, webhook_url: order.webhookUrl };
    const most = hints.length * (phone ? CREDITS_WITH_PHONE : 1);
    const answer = await this.#paying(most, call, async () => {
      const answered = await this.#client.post("/people/bulk_match", {
        query: flags,
        json: { details: hints.map(personQuery) },
        signal: call.signal,
        group: "people/bulk_match",
      });
      return { value: objectOf(answered.body()), credits: most };
    });
    const { request_id: id, matches } = answer;
    const requestId = typeof id === "number" ? String(id) : textOf(id);
    if (requestId === undefined) throw noRequestId();
    const personIds = inOrderOf(hints, listOf(matches)).map((wire) => textOf(wire?.["id"]));
    return { requestId, personIds };
  }

  #enrichment({ wire, at }: Remembered, credits: number): Enrichment<Contact> {
    return { credits, ...(wire === null ? {} : { found: toContact(wire, at, this.#settings.emails) }) };
  }

  #flags() {
    return this.#settings.personalEmails ? { reveal_personal_emails: true } : {};
  }

  async #bulkPeople(hints: readonly PersonHints[], call: TenantCall): Promise<readonly Answer[]> {
    const body = await this.#paying(hints.length, call, async () => {
      const answer = await this.#client.post("/people/bulk_match", {
        query: this.#flags(),
        json: { details: hints.map(personQuery) },
        signal: call.signal,
        group: "people/bulk_match",
      });
      const value = objectOf(answer.body());
      const people = listOf(value["matches"]).filter((one) => foundIn(one) !== null).length;
      return { value, credits: numberOf(value["credits_consumed"]) ?? people };
    });
    const matches = inOrderOf(hints, listOf(body["matches"]));
    const told = numberOf(body["credits_consumed"]);
    let left = told ?? matches.filter((match) => match !== undefined).length;
    const answers: Answer[] = [];
    for (const [at, hint] of hints.entries()) {
      const wire = foundIn(matches[at]);
      const credits = wire === null || left < 1 ? 0 : 1;
      left -= credits;
      const keys = [...keysOfPerson(hint), ...aliasesOfPerson(wire)];
      answers.push({ kept: await this.#memory.keep(call.tenant, keys, wire, {}), credits });
    }
    return answers;
  }

  async #bulkCompanies(domains: readonly string[], call: TenantCall): Promise<readonly Answer[]> {
    const body = await this.#paying(domains.length, call, async () => {
      const answer = await this.#client.post("/organizations/bulk_enrich", {
        json: { domains },
        signal: call.signal,
        group: "organizations/bulk_enrich",
      });
      const value = objectOf(answer.body());
      return { value, credits: rowsOf(value["organizations"]).length };
    });
    const all = rowsOf(body["organizations"]);
    const answers: Answer[] = [];
    for (const domain of domains) {
      const wire = foundIn(
        all.find((one) => textOf(one["primary_domain"])?.toLowerCase() === domain.toLowerCase()),
      );
      const keys = [...keysOfCompany({ domain }), ...aliasesOfCompany(wire)];
      const kept = await this.#memory.keep(call.tenant, keys, wire, {});
      answers.push({ kept, credits: wire === null ? 0 : 1 });
    }
    return answers;
  }

  /** Ten at a time of those that are not remembered, each once. */
  async #many<Asked, Found>(
    all: readonly Asked[],
    call: TenantCall,
    means: {
      readonly keysOf: (asked: Asked) => readonly string[];
      readonly ask: (asked: readonly Asked[]) => Promise<readonly Answer[]>;
      readonly told: (kept: Remembered, credits: number) => Enrichment<Found>;
    },
  ): Promise<readonly Enrichment<Found>[]> {
    const results: (Enrichment<Found> | undefined)[] = all.map(() => undefined);
    const open: { readonly asked: Asked; readonly at: number[] }[] = [];
    const byKey = new Map<string, { readonly at: number[] }>();
    for (const [at, asked] of all.entries()) {
      const keys = means.keysOf(asked);
      const kept = await this.#memory.recall(call.tenant, keys, { signal: call.signal });
      const same = keys.map((key) => byKey.get(key)).find((one) => one !== undefined);
      if (kept !== undefined) results[at] = means.told(kept, 0);
      else if (same !== undefined) same.at.push(at);
      else {
        const question = { asked, at: [at] };
        open.push(question);
        for (const key of keys) byKey.set(key, question);
      }
    }
    for (let from = 0; from < open.length; from += LARGEST_BULK) {
      const chunk = open.slice(from, from + LARGEST_BULK);
      const answers = await means.ask(chunk.map(({ asked }) => asked));
      for (const [index, { kept, credits }] of answers.entries()) {
        // one credit for all who asked for the same
        for (const [nth, at] of (chunk[index]?.at ?? []).entries())
          results[at] = means.told(kept, nth === 0 ? credits : 0);
      }
    }
    return results.map((result) => result ?? { credits: 0 });
  }

  /** Remembered, or being asked, or asked now. It goes on when one who waits leaves: it is paid for. */
  async #once(
    keys: readonly string[],
    call: TenantCall,
    ask: () => Promise<{ readonly wire: JsonObject | null; readonly keys: readonly string[] }>,
  ): Promise<Answer> {
    const { tenant, signal } = call;
    signal?.throwIfAborted();
    const kept = await this.#memory.recall(tenant, keys, { signal });
    if (kept !== undefined) return { kept, credits: 0 };
    const flight = `${tenant}\n${keys[0]}`;
    const running = this.#asking.get(flight);
    if (running !== undefined) return { ...(await untilAborted(running, signal)), credits: 0 };
    const asking = this.#paying(1, { tenant }, async () => {
      const answer = await ask();
      return { value: answer, credits: answer.wire === null ? 0 : 1 };
    })
      .then(async (answer) => ({
        kept: await this.#memory.keep(tenant, answer.keys, answer.wire, {}),
        credits: answer.wire === null ? 0 : 1,
      }))
      .finally(() => this.#asking.delete(flight));
    this.#asking.set(flight, asking);
    return untilAborted(asking, signal);
  }

  /** Sets credits aside; those of a call that may have been charged stay spent. */
  async #paying<T>(
    most: number,
    call: TenantCall,
    work: () => Promise<{ readonly value: T; readonly credits: number }>,
  ): Promise<T> {
    const settle = await this.credits.reserve(most, { signal: call.signal });
    try {
      const { value, credits } = await work();
      settle(credits);
      return value;
    } catch (error) {
      settle(SalesAgentError.is(error) && error.replay === "safe" ? 0 : most);
      throw error;
    }
  }
}

function toldCompany({ wire, at }: Remembered, credits: number): Enrichment<Company> {
  return { credits, ...(wire === null ? {} : { found: toCompany(wire, at) }) };
}
