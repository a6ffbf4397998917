import {
  createConversationAgent,
  type TurnCompletedEvent,
  type TurnEvent,
  type TurnInput,
} from "@salesagent/agents";
import { rehearsalSpeech, rehearsalTranscriber } from "@salesagent/agents/rehearsal";
import type { JsonObject } from "@salesagent/ports";
import { UsageError } from "../command/usage-error.js";
import { type AgentEntry, type AgentMeans, type PlainRun, pick } from "./agent-entry.js";

const INSTRUCTIONS =
  "You answer for the seller whose pitch follows. Be brief, and promise nothing that it does not say.";

const INTENTS = {
  question: "asks something about the offer",
  meeting: "wants to meet or to be called",
  complaint: "is not content",
};

export const conversation: AgentEntry = {
  name: "conversation",
  summary: "one turn of a conversation: hears, tells what is wanted, replies, speaks",
  fields: ["text"],
  example: { text: "When could somebody show it to me?", spoken: true },
  toInput: ({ text }) => (text === undefined ? undefined : { text }),
  work: {
    kind: "agent",
    openGraph: (means) => ({ graph: agentOf(means).graph }),
    open: (means) => {
      const agent = agentOf(means);
      return {
        run: (input, { tenant, signal, threadId, runId }) => {
          const { text, spoken } = toTurn(input);
          return new HeardTurn(runId, async () => {
            const said = spoken ? await aloud(text, signal) : { text };
            return agent.turn(said, {
              tenant,
              signal,
              threadId: threadId ?? runId,
              turnId: runId,
              speak: spoken,
            });
          });
        },
      };
    },
  },
  toResult: (output) =>
    pick(output, [
      "outcome",
      "transcript",
      "intent",
      "text",
      "reply",
      "heardSeconds",
      "spokenCharacters",
      "latency",
    ]),
};

function agentOf({ world, storage, events, spendCap, clock, checkpointer, pitch }: AgentMeans) {
  return createConversationAgent({
    ...{ storage, events, spendCap, clock, checkpointer },
    model: world.model,
    instructions: `${INSTRUCTIONS}\n\n${pitch}`,
    intents: INTENTS,
    // Speech is rehearsed, whoever answers: the text itself is its sound.
    transcriber: rehearsalTranscriber(),
    speaker: rehearsalSpeech(),
  });
}

function toTurn({ text, spoken = false }: JsonObject): { readonly text: string; readonly spoken: boolean } {
  if (typeof text !== "string" || text.trim() === "" || typeof spoken !== "boolean") {
    throw new UsageError(
      'The input of conversation is {"text": "…"}, with "spoken": true for a rehearsal by voice.',
    );
  }
  return { text, spoken };
}

/** What somebody said, as a telephone would bring it. */
async function aloud(text: string, signal: AbortSignal): Promise<TurnInput> {
  const speech = rehearsalSpeech();
  const pieces: Uint8Array[] = [];
  for await (const piece of speech.speak(text, { signal })) pieces.push(piece);
  return { audio: { bytes: Buffer.concat(pieces), mimeType: speech.format.mimeType } };
}

/** A turn, whatever its intents are. */
interface AnyTurn extends AsyncIterable<TurnEvent> {
  result(): Promise<TurnCompletedEvent>;
}

/** A turn that begins when it is read. Its sound is told by its length: a terminal plays none. */
class HeardTurn implements PlainRun {
  readonly id: string;
  readonly #open: () => Promise<AnyTurn>;
  #turn: Promise<AnyTurn> | undefined;

  constructor(id: string, open: () => Promise<AnyTurn>) {
    this.id = id;
    this.#open = open;
  }

  async *[Symbol.asyncIterator]() {
    for await (const event of await this.#begun()) {
      if (event.type === "audio") {
        const { type, sentence, bytes, format } = event;
        yield { type, sentence, format: { ...format }, audioBytes: bytes.length };
      } else yield event;
    }
  }

  async result() {
    const { costUsd, ...output } = await (await this.#begun()).result();
    return { output, summary: costUsd === undefined ? {} : { costUsd } };
  }

  #begun(): Promise<AnyTurn> {
    this.#turn ??= this.#open();
    return this.#turn;
  }
}
