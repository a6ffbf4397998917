import type { ApprovalStore } from "@salesagent/ports";
import { FAR_AHEAD, LONG_AGO } from "../sample-shared-state.js";
import { Crowd, type FlowSabotage, withFlowStores } from "./flow-sabotage.js";

type Change = (approvals: ApprovalStore) => Partial<ApprovalStore>;

const withApprovals = (change: Change) =>
  withFlowStores(({ approvals }) => ({ approvals: { ...approvals, ...change(approvals) } }));

/** Stores of approvals that are broken. */
export const approvalSabotages: Readonly<Record<string, FlowSabotage>> = {
  "gives back the last request of an id": {
    create: withApprovals(({ request }) => ({
      request: async (approval, call) => ({
        ...(await request(approval, call)),
        arguments: approval.arguments,
      }),
    })),
    fails: ["approval-store/1 > keeps the first request of an id, whatever became of it"],
  },
  "takes two decisions at once": {
    create: withApprovals(({ decide, get }) => {
      const crowd = new Crowd();
      return {
        decide: (id, decision, call) =>
          crowd.run(async (isAlone) => {
            const decided = await decide(id, decision, call);
            return isAlone ? decided : (decided ?? get(id, call));
          }),
      };
    }),
    fails: ["approval-store/1 > takes one decision of 20 at once, and none after it"],
  },
  "forgets why it was decided": {
    create: withApprovals(({ decide }) => ({
      decide: (id, { reason, ...decision }, call) =>
        decide(id, reason === "fits" ? decision : { ...decision, ...(reason && { reason }) }, call),
    })),
    fails: ["approval-store/1 > takes a decision, with who decided, when and why"],
  },
  "lets two use an approval at once": {
    create: withApprovals(({ use, get }) => {
      const crowd = new Crowd();
      return {
        use: (id, hash, call) =>
          crowd.run(async (isAlone) => {
            const used = await use(id, hash, call);
            return isAlone ? used : (used ?? get(id, call));
          }),
      };
    }),
    fails: ["approval-store/1 > lets an approval be used once, by one of 50 who try at once"],
  },
  "lets an approval be used again": {
    create: withApprovals(({ use, get }) => ({
      use: async (id, hash, call) => {
        const used = await use(id, hash, call);
        if (used !== undefined) return used;
        const record = await get(id, call);
        return record?.status === "used" ? record : undefined;
      },
    })),
    fails: [
      "approval-store/1 > lets an approval be used once, by one of 50 who try at once",
      "transactions over flows, effects and approvals > claims an effect under an approval once, when transactions do both at once",
    ],
  },
  "does not look at the arguments": {
    create: withApprovals(({ use, get }) => ({
      use: async (id, hash, call) => {
        const record = call?.signal?.aborted ? undefined : await get(id).catch(() => undefined);
        const isOther = record !== undefined && record.editedArguments === undefined && !hash.includes("\0");
        return use(id, isOther ? record.argumentsHash : hash, call);
      },
    })),
    fails: ["approval-store/1 > refuses other arguments, and what nobody approved"],
  },
  "lets edited arguments pass for the old ones": {
    create: withApprovals(({ use, get }) => ({
      use: async (id, hash, call) => {
        const record = call?.signal?.aborted ? undefined : await get(id).catch(() => undefined);
        const isOld = record?.argumentsHash === hash;
        return use(id, isOld ? (record?.editedArgumentsHash ?? hash) : hash, call);
      },
    })),
    fails: [
      "approval-store/1 > binds what a person edited to the edited arguments, and no more to the old ones",
    ],
  },
  "never lets an approval expire": {
    create: withApprovals(({ request }) => ({
      request: (approval, call) =>
        request(approval.expiresAt === LONG_AGO ? { ...approval, expiresAt: FAR_AHEAD } : approval, call),
    })),
    fails: [
      "approval-store/1 > can be neither decided nor used once it has expired, and is told as expired",
      "approval-store/1 > lists by status, those that have expired as expired, and by run",
    ],
  },
  "lists what has expired as pending": {
    create: withApprovals(({ list }) => ({
      list: async (filter, page, call) => {
        const { items, ...next } = await list(filter, page, call);
        const asStored = items.map((item) =>
          item.status === "expired" ? { ...item, status: "pending" as const } : item,
        );
        return { items: asStored, ...next };
      },
    })),
    fails: ["approval-store/1 > lists by status, those that have expired as expired, and by run"],
  },
  "uses what was refused": {
    create: withApprovals(({ decide }) => ({
      decide: async (id, decision, call) => {
        const isMade = decision.status === "refused" && decision.editedArguments === undefined;
        const decided = await decide(id, isMade ? { ...decision, status: "approved" } : decision, call);
        return decided;
      },
    })),
    fails: [
      "approval-store/1 > keeps the first request of an id, whatever became of it",
      "approval-store/1 > takes a decision, with who decided, when and why",
      "approval-store/1 > refuses other arguments, and what nobody approved",
      "approval-store/1 > lists by status, those that have expired as expired, and by run",
    ],
  },
  "lists the earliest requests first": {
    create: withApprovals(({ list }) => ({
      list: async (filter, page, call) => {
        const { items, ...next } = await list(filter, page, call);
        return { items: [...items].reverse(), ...next };
      },
    })),
    fails: [
      "approval-store/1 > lists the latest request first, page by page; of equal times, the one stored last",
      "approval-store/1 > lists by status, those that have expired as expired, and by run",
    ],
  },
  "shares approvals between tenants": {
    create: withFlowStores(({ tenant, approvals }, storage) => ({
      approvals: tenant === "other" ? storage.tenant("acme").approvals : approvals,
    })),
    fails: ["flow stores, tenants > keep approvals apart, though their ids are the same"],
  },
};
