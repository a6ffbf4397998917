import { type CrmWebhookRequest, SalesAgentError, wait } from "@salesagent/ports";
import { PLANTED_KEY } from "../../language-model/harness.js";
import type { CrmSabotage } from "./crm-sabotage.js";

/** Adapters that bear failures, aborts and webhooks the wrong way, or don't know themselves. */
export const failingSabotages = {
  "tries for ever": (sound) => ({
    async get(kind, id, call) {
      for (let tries = 0; ; tries += 1) {
        try {
          return await sound.get(kind, id, call);
        } catch (error) {
          if (tries > 50 || !SalesAgentError.is(error, "service.unavailable")) throw error;
        }
      }
    },
  }),

  "waits for as long as it is told": (sound, _, clock) => ({
    async get(kind, id, call) {
      for (let tries = 0; ; tries += 1) {
        try {
          return await sound.get(kind, id, call);
        } catch (error) {
          if (tries > 5 || !SalesAgentError.is(error, "service.rate_limited")) throw error;
          await wait(clock, error.facts.retryAfterMs ?? 500, call?.signal);
        }
      }
    },
  }),

  "waits less than it is told": (sound, _, clock) => ({
    async get(kind, id, call) {
      try {
        return await sound.get(kind, id, call);
      } catch (error) {
        if (!SalesAgentError.is(error, "service.rate_limited")) throw error;
        await wait(clock, 1_000, call?.signal);
        return sound.get(kind, id, call);
      }
    },
  }),

  "does not hear an abort while it waits": (sound, _, clock) => ({
    async get(kind, id, call) {
      try {
        return await sound.get(kind, id, call);
      } catch (error) {
        const waitMs = SalesAgentError.is(error, "service.rate_limited")
          ? error.facts.retryAfterMs
          : undefined;
        if (waitMs === undefined || waitMs > 60_000) throw error;
        await wait(clock, waitMs);
        return sound.get(kind, id, call);
      }
    },
  }),

  "takes a refusal to wait for a failure": (sound) => ({
    get: (kind, id, call) =>
      sound.get(kind, id, call).catch((error: unknown) => {
        if (!SalesAgentError.is(error, "service.rate_limited")) throw error;
        const { message, facts, replay } = error;
        throw new SalesAgentError("service.unavailable", { message, facts, replay });
      }),
  }),

  "does not tell how long to wait": (sound) => ({
    get: (kind, id, call) =>
      sound.get(kind, id, call).catch((error: unknown) => {
        if (!SalesAgentError.is(error, "service.rate_limited")) throw error;
        const { retryAfterMs: _, ...facts } = error.facts;
        throw new SalesAgentError("service.rate_limited", { message: "wait", facts, replay: "safe" });
      }),
  }),

  "tries again with a refused key": (sound) => ({
    async get(kind, id, call) {
      for (let tries = 0; ; tries += 1) {
        try {
          return await sound.get(kind, id, call);
        } catch (error) {
          if (tries > 4 || !SalesAgentError.is(error, "service.auth")) throw error;
        }
      }
    },
  }),

  "lets errors tell the key": (sound) => ({
    schema: (kind, call) =>
      sound.schema(kind, call).catch((error: unknown) => {
        if (typeof error !== "object" || error === null) throw error;
        throw Object.assign(error, { request: { headers: { authorization: `Bearer ${PLANTED_KEY}` } } });
      }),
  }),

  "wraps the abort's reason": (sound) => ({
    get: (kind, id, call) =>
      sound.get(kind, id, call).catch((cause: unknown) => {
        throw call?.signal?.aborted ? new Error("aborted", { cause }) : cause;
      }),
  }),

  "ends late when it is aborted": (sound) => ({
    remove: (kind, id, call) =>
      sound.remove(kind, id, call).catch(async (error: unknown) => {
        await new Promise((resolve) => setImmediate(resolve));
        throw error;
      }),
  }),

  "sends what was aborted before": (sound) => ({
    async remove(kind, id, call) {
      await sound.remove(kind, id);
      call?.signal?.throwIfAborted();
    },
  }),

  "goes on after an abort between pages": (sound) => ({
    list: (kind, from) => sound.list(kind, from),
  }),

  "is of no use after an abort": (sound) => {
    let broken = false;
    return {
      async get(kind, id, call) {
        if (broken && call === undefined) throw new Error("the connection is closed");
        try {
          return await sound.get(kind, id, call);
        } catch (error) {
          broken ||= call?.signal?.aborted === true;
          throw error;
        }
      },
    };
  },

  "has no name": () => ({ provider: "" }),

  "takes no rows at once": (sound) => ({
    capabilities: {
      ...sound.capabilities,
      kinds: Object.fromEntries(
        Object.entries(sound.capabilities.kinds).map(([kind, support]) => [
          kind,
          { ...support, maxBatch: 0 },
        ]),
      ),
    },
  }),

  "is never well": (sound) => ({ health: async () => [{ name: sound.provider, status: "down" }] }),

  "says that its webhooks are not signed": (sound) => ({
    capabilities: { ...sound.capabilities, webhooks: "unsigned" },
  }),

  "takes every hint for a change": (sound) => ({
    verifyWebhook: async (request) =>
      (await sound.verifyWebhook(request)).map((hint) => ({ ...hint, action: "updated" })),
  }),

  "does what it does not promise": (sound) => ({
    capabilities: {
      ...sound.capabilities,
      kinds: { ...sound.capabilities.kinds, ...withoutRemoving(sound) },
    },
  }),

  "hides its custom fields": (sound) => ({
    schema: async (kind, call) => (await sound.schema(kind, call)).filter(({ name }) => name !== "tier"),
  }),

  "is always well": (sound) => ({ health: async () => [{ name: sound.provider, status: "ok" }] }),

  "throws when it is not well": (sound) => ({
    async health(call) {
      await sound.schema("contact", call);
      return [{ name: sound.provider, status: "ok" }];
    },
  }),

  "takes any webhook": () => ({ verifyWebhook: async (request) => [hintIn(request)] }),

  "takes webhooks of any time": (sound) => ({
    verifyWebhook: (request) =>
      sound.verifyWebhook(request).catch((error: unknown) => {
        if (!SalesAgentError.is(error, "crm.webhook_refused")) throw error;
        if (!error.facts.problem.startsWith("too-")) throw error;
        return [hintIn(request)];
      }),
  }),

  "takes webhooks of the next hour": (sound) => ({
    verifyWebhook: (request) =>
      sound.verifyWebhook(request).catch((error: unknown) => {
        if (!SalesAgentError.is(error, "crm.webhook_refused") || error.facts.problem !== "too-new")
          throw error;
        return [hintIn(request)];
      }),
  }),

  "checks what a webhook's body says": (sound) => ({
    verifyWebhook(request) {
      let { rawBody } = request;
      try {
        rawBody = new TextEncoder().encode(JSON.stringify(JSON.parse(new TextDecoder().decode(rawBody))));
      } catch {
        return sound.verifyWebhook(request);
      }
      return sound.verifyWebhook({ ...request, rawBody });
    },
  }),

  "reads the whole buffer of a webhook": (sound) => ({
    verifyWebhook: (request) =>
      sound.verifyWebhook({ ...request, rawBody: new Uint8Array(request.rawBody.buffer) }),
  }),

  "gives each hint a new key": (sound) => {
    let count = 0;
    return {
      verifyWebhook: async (request) =>
        (await sound.verifyWebhook(request)).map((hint) => {
          count += 1;
          return { ...hint, key: `hint-${count}` };
        }),
    };
  },

  "gives all hints of a record one key": (sound) => ({
    verifyWebhook: async (request) =>
      (await sound.verifyWebhook(request)).map((hint) => ({ ...hint, key: hint.kind })),
  }),
} satisfies Record<string, CrmSabotage>;

function withoutRemoving({ capabilities }: Parameters<CrmSabotage>[0]) {
  const { contact } = capabilities.kinds;
  return contact === undefined ? {} : { contact: { ...contact, remove: false } };
}

function hintIn({ rawBody }: CrmWebhookRequest) {
  const { kind, id, action, event } = JSON.parse(new TextDecoder().decode(rawBody) || "{}") as {
    kind: "contact";
    id: string;
    action: "updated";
    event: string;
  };
  return { kind, id, action, key: event };
}
