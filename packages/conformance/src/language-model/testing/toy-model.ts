import type { Clock, LanguageModel, ModelAbilities, ModelProfile } from "@salesagent/ports";
import { exchangeStream } from "@salesagent/provider-kit";
import { manualClock } from "../../manual-clock.js";
import { type FetchWrapper, type HarnessFetch, type LanguageModelSetup, PLANTED_KEY } from "../harness.js";
import type { Sabotage } from "./sabotage.js";
import { ToyDecoder, WholeToyDecoder } from "./toy-decoders.js";
import { toyServer } from "./toy-server.js";

const ABLE: ModelAbilities = {
  tools: true,
  parallelTools: true,
  structuredOutput: "schema",
  reasoning: true,
  vision: false,
  sampling: true,
  prefill: false,
};

const PROFILE: ModelProfile = {
  abilities: ABLE,
  price: { input: 1, output: 2, asOf: "2026-11-01" },
  locality: "local",
  source: { asOf: "2026-11-01" },
};

/** A model of the toy vendor that keeps every promise. */
function toyModel(fetch: HarnessFetch, clock: Clock, abilities: Partial<ModelAbilities> = {}): LanguageModel {
  const profile = { ...PROFILE, abilities: { ...ABLE, ...abilities } };
  const names = { provider: "toy", modelId: "toy-1" };
  return {
    port: "language-model/1",
    ...names,
    profile,
    stream: (request, call = {}) =>
      exchangeStream(
        {
          ...names,
          profile,
          baseUrl: "http://toy.test/v1",
          clock,
          requestIdHeader: "x-request-id",
          prepare: () => {
            const streamed = call.delivery !== "whole";
            const cant = Object.entries({
              tools: request.tools && !profile.abilities.tools,
              output: request.output && profile.abilities.structuredOutput !== "schema",
              temperature: request.temperature !== undefined && !profile.abilities.sampling,
            }).filter(([, asked]) => asked);
            return {
              send: (signal) =>
                fetch("http://toy.test/v1", {
                  method: "POST",
                  signal,
                  headers: { authorization: `Bearer ${PLANTED_KEY}` },
                  body: JSON.stringify({ stream: streamed }),
                }),
              decoder: streamed ? new ToyDecoder() : new WholeToyDecoder(),
              mediaTypes: [streamed ? "text/event-stream" : "application/json"],
              warnings: cant.map(([field]) => ({ field, message: `the toy takes no ${field}` })),
              secrets: [PLANTED_KEY],
            };
          },
        },
        call,
      ),
  };
}

/** The suite's setup for the toy, or for what `sabotage` makes of it. */
export function toySetup(
  sabotage: Sabotage = (model) => model,
  abilities: Partial<ModelAbilities> = {},
  wire: FetchWrapper = (fetch) => fetch,
): LanguageModelSetup {
  return {
    name: "toy",
    patienceMs: 150,
    async open(scenario, wrap = (fetch) => fetch) {
      const server = toyServer(scenario);
      const clock = manualClock();
      return {
        model: sabotage(toyModel(wrap(wire(server.fetch)), clock, abilities), clock),
        clock,
        server,
        close: async () => {},
      };
    },
  };
}
