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
import { isPlaceholder } from "./email-policy.js";
import { type EnrichmentOptions, type EnrichmentSettings, resolveEnrichment } from "./enrichment-options.js";
import type { ApolloEnricher, WaterfallOrder, WaterfallStart } from "./enrichment-types.js";
import { toCompany, toContact } from "./from-enrichment.js";
import {
  companyKeys,
  companyQuery,
  hintsOfCompany,
  hintsOfPerson,
  personKeys,
  personQuery,
} from "./hints.js";
import { inOrderOf } from "./match-order.js";
import { awaitWaterfall, type WaterfallMeans, waterfallResult } from "./waterfall.js";
import { listOf, numberOf, objectOf, textOf, type Wire } from "./wire.js";

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
    const keys = companyKeys(hints).map((key) => `company/${key}`);
    needsOne(keys, "a company's domain, LinkedIn page or name");
    const { kept, credits } = await this.#once(keys, call, async () => {
      const query = companyQuery(hints);
      const answer = await this.#client.get("/organizations/enrich", {
        query,
        // it is paid for: what was lost on the way is not asked for again by itself
        replay: "unsafe",
        group: "organizations/enrich",
      });
      const wire = found(objectOf(answer.body())["organization"]);
      const aliases = wire === null ? [] : companyKeys(hintsOfCompany(wire)).map((key) => `company/${key}`);
      return { wire, keys: [...keys, ...aliases] };
    });
    return { credits, ...(kept.wire === null ? {} : { found: toCompany(kept.wire, kept.at) }) };
  }

  async person(hints: PersonHints, call: TenantCall): Promise<Enrichment<Contact>> {
    const keys = keysOf(hints);
    const { kept, credits } = await this.#once(keys, call, async () => {
      const answer = await this.#client.post("/people/match", {
        query: { ...personQuery(hints), ...this.#flags() },
        group: "people/match",
      });
      const wire = found(objectOf(answer.body())["person"]);
      return { wire, keys: [...keys, ...aliasesOf(wire)] };
    });
    return this.#enrichment(kept, credits);
  }

  async people(all: readonly PersonHints[], call: TenantCall): Promise<readonly Enrichment<Contact>[]> {
    const results: (Enrichment<Contact> | undefined)[] = all.map(() => undefined);
    const asked: { readonly hints: PersonHints; readonly at: number[] }[] = [];
    const byKey = new Map<string, { readonly at: number[] }>();
    for (const [at, hints] of all.entries()) {
      const keys = keysOf(hints);
      const kept = await this.#memory.recall(call.tenant, keys, { signal: call.signal });
      const same = keys.map((key) => byKey.get(key)).find((one) => one !== undefined);
      if (kept !== undefined) results[at] = this.#enrichment(kept, 0);
      else if (same !== undefined) same.at.push(at);
      else {
        const question = { hints, at: [at] };
        asked.push(question);
        for (const key of keys) byKey.set(key, question);
      }
    }
    for (let from = 0; from < asked.length; from += LARGEST_BULK) {
      const chunk = asked.slice(from, from + LARGEST_BULK);
      const found = await this.#bulk(
        chunk.map(({ hints }) => hints),
        call,
      );
      for (const [index, { at }] of chunk.entries()) {
        const answer = found[index];
        if (answer === undefined) continue;
        // one credit for all who asked for the same person
        for (const [nth, one] of at.entries())
          results[one] = this.#enrichment(answer.kept, nth === 0 ? answer.credits : 0);
      }
    }
    return results.map((result) => result ?? { credits: 0 });
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

  async #bulk(hints: readonly PersonHints[], call: TenantCall): Promise<readonly Answer[]> {
    const body = await this.#paying(hints.length, call, async () => {
      const answer = await this.#client.post("/people/bulk_match", {
        query: this.#flags(),
        json: { details: hints.map(personQuery) },
        signal: call.signal,
        group: "people/bulk_match",
      });
      const value = objectOf(answer.body());
      const people = listOf(value["matches"]).filter((one) => found(one) !== null).length;
      return { value, credits: numberOf(value["credits_consumed"]) ?? people };
    });
    const matches = inOrderOf(hints, listOf(body["matches"]));
    const told = numberOf(body["credits_consumed"]);
    let left = told ?? matches.filter((match) => match !== undefined).length;
    const answers: Answer[] = [];
    for (const [at, hint] of hints.entries()) {
      const wire = found(matches[at]);
      const credits = wire === null || left < 1 ? 0 : 1;
      left -= credits;
      const keys = [...keysOf(hint), ...aliasesOf(wire)];
      answers.push({ kept: await this.#memory.keep(call.tenant, keys, wire, {}), credits });
    }
    return answers;
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

function keysOf(hints: PersonHints): readonly string[] {
  const keys = personKeys(hints).map((key) => `person/${key}`);
  needsOne(keys, "a person's e-mail, LinkedIn page, or full name with the company's domain");
  return keys;
}

function aliasesOf(wire: JsonObject | null): readonly string[] {
  if (wire === null) return [];
  const { email, ...hints } = hintsOfPerson(wire);
  const isReal = email !== undefined && !isPlaceholder(email);
  return personKeys(isReal ? { ...hints, email } : hints).map((key) => `person/${key}`);
}

function needsOne(keys: readonly string[], what: string): void {
  if (keys.length === 0) throw new TypeError(`apollo: give ${what}`);
}

function found(value: unknown): JsonObject | null {
  const wire: Wire = objectOf(value);
  return Object.keys(wire).length === 0 ? null : (wire as JsonObject);
}

function noRequestId(): SalesAgentError {
  return new SalesAgentError("service.malformed_response", {
    message:
      "apollo: it took a waterfall without telling its request_id. Its result comes to the webhook only.",
    facts: { service: "apollo" },
    replay: "unsafe",
  });
}
