import { SalesAgentError } from "@salesagent/ports";

/**
 * The storage, which tells of each write to a run whether it stood, or was refused because somebody else has the run.
 *
 * @param {import("@salesagent/core/graph").FlowStorage} storage
 * @param {(written: { kind: "written" | "fenced", id: string }) => void} onWrite
 * @returns {import("@salesagent/core/graph").FlowStorage}
 */
export function reportingStorage({ queue, tenant }, onWrite) {
  return {
    queue: {
      ...queue,
      async renew(claims, leaseMs, call) {
        const lost = await queue.renew(claims, leaseMs, call);
        for (const { id, reason } of lost) if (reason === "fenced") onWrite({ kind: "fenced", id });
        return lost;
      },
    },
    tenant(id) {
      const { flows } = tenant(id);
      return {
        flows: {
          ...flows,
          async commit(write, call) {
            try {
              await flows.commit(write, call);
              onWrite({ kind: "written", id: write.id });
            } catch (error) {
              if (SalesAgentError.is(error, "flow.fenced")) onWrite({ kind: "fenced", id: write.id });
              throw error;
            }
          },
        },
      };
    },
  };
}
