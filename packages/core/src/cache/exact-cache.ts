import type {
  LanguageModel,
  ModelCallOptions,
  ModelEventSource,
  ModelRequest,
  ModelResult,
  TenantStores,
} from "@salesagent/ports";
import { canonicalJson } from "../kernel/canonical-json.js";
import type { AnswerCacheSettings, TenantScoped } from "./cache-options.js";
import { isWorthKeeping, touchesTools } from "./cache-rules.js";
import { Flight, type FoundAnswer } from "./flight.js";
import { FlightReader } from "./flight-reader.js";
import { ageOf, byteLength, readAnswer, writeAnswer } from "./kept-answer.js";
import { requestKey, requestText } from "./request-key.js";
import { type SpareOptions, spare } from "./spare-work.js";

/** The version of what stands under a key, and of the key itself. */
const KIND = "model-answer/1";

interface Place {
  readonly tenant: string;
  readonly key: string;
}

/** The options of the exact cache with their defaults. */
export interface ExactSettings extends AnswerCacheSettings {
  readonly storage: TenantScoped<Pick<TenantStores, "cache">>;
  readonly cacheTools: boolean;
}

/** The answers of one model, and those that are on their way. */
export class ExactCache {
  readonly #model: LanguageModel;
  readonly #settings: ExactSettings;
  readonly #store: SpareOptions;
  readonly #flights = new Map<string, Flight>();

  /** @param model - Asks guards itself. */
  constructor(model: LanguageModel, settings: ExactSettings) {
    this.#model = model;
    this.#settings = settings;
    const { clock, storeTimeoutMs: limitMs, onStoreError: onError } = settings;
    this.#store = { clock, limitMs, onError };
  }

  /** Whether a call may be answered from the cache. */
  serves(request: ModelRequest, call: ModelCallOptions): boolean {
    if (this.#tenantOf(call) === undefined) return false;
    const { cacheTools, shouldCache } = this.#settings;
    return (cacheTools || !touchesTools(request)) && shouldCache(request, call);
  }

  read(request: ModelRequest, call: ModelCallOptions, signal: AbortSignal): ModelEventSource {
    const { clock } = this.#settings;
    return new FlightReader({ call, clock, signal, findFlight: () => this.#findFlight(request, call) });
  }

  #findFlight(request: ModelRequest, call: ModelCallOptions): Flight {
    const own = this.#settings.keyParts(request, call);
    const text = requestText({ model: this.#model, request, call, own });
    const tenant = this.#tenantOf(call);
    if (text === undefined || tenant === undefined) return this.#flyAlone(request);
    // Those who share a call share its time limits and its delivery, so who set others does not share it.
    const name = JSON.stringify([
      tenant,
      canonicalJson(call.timeouts ?? {}),
      call.delivery ?? "streamed",
      text,
    ]);
    return this.#flights.get(name) ?? this.#fly(request, tenant, text, name);
  }

  /** Without a name in the cache: nobody joins, and nothing is kept. */
  #flyAlone(request: ModelRequest): Flight {
    return new Flight({
      lookUp: async () => undefined,
      ask: (call) => this.#model.stream(request, call),
      keep: async () => {},
      onClosed: () => {},
    });
  }

  #fly(request: ModelRequest, tenant: string, text: string, name: string): Flight {
    let place: Place | undefined;
    const flight = new Flight({
      lookUp: async (signal) => {
        place = { tenant, key: await requestKey(KIND, text) };
        return this.#lookUp(place, signal);
      },
      ask: (call) => this.#model.stream(request, call),
      keep: async (result) => place && this.#keep(place, request, result),
      onClosed: () => void this.#flights.delete(name),
    });
    this.#flights.set(name, flight);
    return flight;
  }

  #lookUp({ tenant, key }: Place, caller: AbortSignal): Promise<FoundAnswer | undefined> {
    const { storage, clock, ttlMs } = this.#settings;
    return spare(this.#store, "read", caller, async (signal) => {
      const entry = await storage.tenant(tenant).cache.get(key, { signal });
      const answer = entry && readAnswer(entry.value);
      if (!answer) return undefined;
      const ageMs = ageOf(entry, clock.now(), ttlMs);
      return ageMs === undefined ? undefined : { answer, hit: { kind: "exact", ageMs } };
    });
  }

  async #keep({ tenant, key }: Place, request: ModelRequest, result: ModelResult): Promise<void> {
    const { storage, clock, ttlMs, maxEntryBytes, shouldKeep, cacheTools } = this.#settings;
    await spare(this.#store, "write", undefined, async (signal) => {
      if (!isWorthKeeping(request, result, cacheTools) || !shouldKeep(result, request)) return;
      const value = writeAnswer(result);
      if (byteLength(value) > maxEntryBytes) return;
      const nowMs = clock.now();
      const createdAt = new Date(nowMs).toISOString();
      const expiresAt = new Date(nowMs + ttlMs).toISOString();
      await storage.tenant(tenant).cache.put({ key, value, createdAt, expiresAt }, { signal });
    });
  }

  #tenantOf(call: ModelCallOptions): string | undefined {
    return call.scope?.tenant ?? this.#settings.tenant;
  }
}
