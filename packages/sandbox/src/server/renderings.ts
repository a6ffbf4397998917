import type { Reply } from "../reply.js";
import { planReply, type ReplyScene } from "../wire/plan-reply.js";
import type { WirePlan } from "../wire/wire-plan.js";

/** Distinct requests that are kept for one reply. */
const MOST_REQUESTS = 64;

/** Rendered replies, to be sent again to a request that is the same to the letter. */
export class Renderings {
  readonly #byReply = new WeakMap<Reply, Map<string, WirePlan>>();

  /** The plan of the reply; rendered at most once for each distinct request. */
  plan(reply: Reply, scene: ReplyScene): WirePlan {
    const plans = this.#byReply.get(reply) ?? new Map<string, WirePlan>();
    this.#byReply.set(reply, plans);
    const key = `${scene.vendor} ${scene.dialect} ${scene.stream} ${scene.query["alt"]} ${JSON.stringify(scene.body)}`;
    const kept = plans.get(key);
    if (kept !== undefined) return kept;
    const plan = planReply(reply, scene);
    if (plans.size < MOST_REQUESTS) plans.set(key, plan);
    return plan;
  }
}
