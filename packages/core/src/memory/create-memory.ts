import { addMessages } from "./add-messages.js";
import { FactBook } from "./fact-book.js";
import { forgetPerson } from "./forget-person.js";
import type { MemoryOptions } from "./memory-options.js";
import { resolveMemory } from "./memory-settings.js";
import type { SessionMemory } from "./session-memory.js";
import { summariseThread } from "./summarise-thread.js";
import { ThreadContexts } from "./thread-context.js";

/**
 * Makes a memory of conversations: what was said in each thread, in short where it is long, and what is known. Agents take it as
 * `memory`.
 *
 * @example
 * ```ts
 * const memory = createMemory({ storage, summariser: model });
 * const agent = defineAgent({ name: "sales", instructions, model, memory });
 * await agent.run("What did I say about the budget?", { tenant: "acme", threadId: "call-7" }).output();
 * ```
 * @throws TypeError or RangeError naming the option that is wrong.
 */
export function createMemory(options: MemoryOptions): SessionMemory {
  const settings = resolveMemory(options);
  const facts = new FactBook(settings);
  const contexts = new ThreadContexts(settings, facts);
  const { window, summary } = settings;
  const aim = {
    windowTokens:
      window.maxTokens - summary.maxTokens - Math.min(settings.facts.maxTokens, window.maxTokens / 4),
    maxCalls: Number.POSITIVE_INFINITY,
  };
  return {
    countTokens: window.countTokens,
    context: (threadId, request) => contexts.read(threadId, request),
    append: (threadId, messages, call) => addMessages(settings, threadId, messages, call),
    remember: (list, call) => facts.remember(list, call),
    recall: (wish, call) => facts.recall(wish, call),
    removeFacts: (ids, call) => facts.remove(ids, call),
    summarise: (threadId, call) => summariseThread(settings, threadId, aim, call),
    find: (person, { tenant, signal }) => settings.storage.tenant(tenant).erasure.find(person, { signal }),
    forget: (person, call) => forgetPerson(settings, person, call),
  };
}
