import type { CrmKind, CrmWebhookRequest } from "@salesagent/ports";
import { type CrmBench, refusalOf } from "../crm-bench.js";
import type { CrmCase, CrmWholeCase } from "../crm-case.js";
import type { CrmWorldEvent, CrmWorldSigning } from "../crm-world.js";

const HOUR_MS = 3_600_000;

const signed: CrmWholeCase["skipAll"] & {} = ({ capabilities, world }) =>
  (capabilities.webhooks !== "signed" && `capabilities: webhooks are ${capabilities.webhooks}`) ||
  (world.webhook === undefined && "world.webhook: none");

export const webhookCases: readonly CrmCase[] = [
  {
    name: "reads from a signed webhook which record it is about, and what became of it",
    skipAll: signed,
    async runWhole(bench) {
      for (const action of ["created", "updated", "removed"] as const) {
        const event = { ...(await anEvent(bench)), action };
        const hints = await bench.provider.verifyWebhook(await sent(bench, event));
        bench.expect(hints.length).toBeGreaterThan(0);
        for (const hint of hints) bench.expect(hint).toMatchObject(event);
      }
    },
  },
  {
    name: "refuses a webhook without a signature",
    skipAll: signed,
    async runWhole(bench) {
      const request = await sent(bench, await anEvent(bench));
      const bare = { ...request, headers: { "content-type": "application/json" } };
      await expectRefused(bench, bare, ["missing"]);
      for (const name of Object.keys(request.headers).filter((header) => !isPlain(header))) {
        const { [name]: _, ...headers } = request.headers;
        const end = await bench.provider
          .verifyWebhook({ ...request, headers })
          .catch((error: unknown) => error);
        // A header that says nothing of who sent it may be missing.
        if (!Array.isArray(end)) bench.expect(end).toMatchObject({ code: "crm.webhook_refused" });
      }
    },
  },
  {
    name: "refuses a webhook that was signed with another secret",
    skipAll: signed,
    async runWhole(bench) {
      const request = await sent(bench, await anEvent(bench), { wrongSecret: true });
      await expectRefused(bench, request, ["mismatch"]);
    },
  },
  {
    name: "refuses a webhook whose body was altered by a byte",
    skipAll: signed,
    async runWhole(bench) {
      const request = await sent(bench, await anEvent(bench));
      for (const at of [0, request.rawBody.length >> 1, request.rawBody.length - 1]) {
        const rawBody = Uint8Array.from(request.rawBody);
        rawBody[at] = (rawBody[at] ?? 0) ^ 1;
        await expectRefused(bench, { ...request, rawBody }, ["mismatch", "malformed"]);
      }
      await expectRefused(bench, { ...request, rawBody: new Uint8Array() }, ["mismatch", "malformed"]);
    },
  },
  {
    name: "goes by the bytes of the body, and not by what they say",
    skipAll: signed,
    async runWhole(bench) {
      const request = await sent(bench, await anEvent(bench));
      const rawBody = new Uint8Array([...request.rawBody, 0x20]);
      await expectRefused(bench, { ...request, rawBody }, ["mismatch"]);
    },
  },
  {
    name: "takes a body that is a part of a larger buffer",
    skipAll: signed,
    async runWhole(bench) {
      const event = await anEvent(bench);
      const request = await sent(bench, event);
      const buffer = new Uint8Array(request.rawBody.length + 20).fill(0x7b);
      buffer.set(request.rawBody, 7);
      const rawBody = buffer.subarray(7, 7 + request.rawBody.length);
      const [hint] = await bench.provider.verifyWebhook({ ...request, rawBody });
      bench.expect(hint).toMatchObject(event);
    },
  },
  {
    name: "refuses a webhook of an hour ago, though it is signed",
    skipAll: signed,
    async runWhole(bench) {
      const request = await sent(bench, await anEvent(bench), { offsetMs: -HOUR_MS });
      await expectRefused(bench, request, ["too-old"]);
      const fresh = await sent(bench, await anEvent(bench));
      await bench.world.pass(HOUR_MS);
      await expectRefused(bench, fresh, ["too-old"]);
    },
  },
  {
    name: "refuses a webhook of the next hour, though it is signed",
    skipAll: signed,
    async runWhole(bench) {
      const request = await sent(bench, await anEvent(bench), { offsetMs: HOUR_MS });
      await expectRefused(bench, request, ["too-new"]);
    },
  },
  {
    name: "gives a hint that comes twice the same key, and each other one its own",
    skipAll: signed,
    async runWhole(bench) {
      const [first, other] = [
        await sent(bench, await anEvent(bench)),
        await sent(bench, await anEvent(bench)),
      ];
      const keys = async (request: CrmWebhookRequest) =>
        (await bench.provider.verifyWebhook(request)).map(({ key }) => key);
      const known = await keys(first);
      bench.expect(await keys(first)).toEqual(known);
      for (const key of await keys(other)) bench.expect(known).not.toContain(key);
    },
  },
  {
    name: "says crm.unsupported to any webhook where the CRM signs none",
    skipAll: ({ capabilities }) => capabilities.webhooks === "signed" && "capabilities: webhooks are signed",
    async runWhole(bench) {
      const request = {
        method: "POST",
        url: "https://app.test/hook",
        headers: {},
        rawBody: new Uint8Array(),
      };
      const refusal = await refusalOf(bench.provider.verifyWebhook(request), "verifyWebhook");
      bench.expect(refusal.code).toBe("crm.unsupported");
    },
  },
];

function isPlain(header: string): boolean {
  return ["content-type", "content-length", "host", "user-agent", "accept"].includes(header);
}

async function anEvent(bench: CrmBench): Promise<CrmWorldEvent> {
  const [kind = "contact"] = Object.keys(bench.raw.capabilities.kinds) as readonly CrmKind[];
  return { kind, id: await bench.make(kind), action: "updated" };
}

async function sent(bench: CrmBench, event: CrmWorldEvent, signing?: CrmWorldSigning) {
  const request = await bench.world.webhook?.(event, signing);
  if (request === undefined) throw new Error("world.webhook is gone");
  return request;
}

async function expectRefused(bench: CrmBench, request: CrmWebhookRequest, problems: readonly string[]) {
  const refusal = await refusalOf(bench.provider.verifyWebhook(request), "the webhook");
  bench.expect(refusal.code).toBe("crm.webhook_refused");
  bench.expect(problems).toContain(refusal.facts["problem"]);
}
