import type {
  CallOptions,
  StoredStreamEvent,
  StreamStore,
  StreamWrite,
  StreamWritten,
} from "@salesagent/ports";
import { type Sabotage, withStores } from "./sabotage.js";

/** Streams whose store is another, in transactions too. */
function withStreams(change: (streams: StreamStore) => Partial<StreamStore>): Sabotage["create"] {
  return withStores(({ streams }) => ({ streams: { ...streams, ...change(streams) } }));
}

/** Streams that are appended to otherwise: each write is changed, or answered, before it is made. */
function withAppend(
  change: (
    write: StreamWrite,
    streams: StreamStore,
    call: CallOptions | undefined,
  ) => Promise<StreamWrite | StreamWritten>,
): Sabotage["create"] {
  return withStreams((streams) => ({
    append: async (writes, call) => {
      const outcomes: StreamWritten[] = [];
      if (writes.length !== 1) return streams.append(writes, call);
      for (const write of writes) {
        const changed = await change(write, streams, call).catch(() => write);
        if ("id" in changed) outcomes.push(...(await streams.append([changed], call)));
        else outcomes.push(changed);
      }
      return outcomes;
    },
  }));
}

const appends = (name: string) => `stream-store/1, appends > ${name}`;
const OVERLAP = "stream-store/1, callers that overlap in time > ";
const SEEDS = [1, 2, 3].map(
  (seed) =>
    `${OVERLAP}numbers events without gaps, each once and each writer's in order, whoever takes over (seed ${seed})`,
);
const AGAIN = appends("appends nothing again that it appended already, and tells that it stands");
const AFTER = appends("appends nothing after another event than the last");
const FENCED = appends("shuts out whoever wrote before, once somebody comes with a newer fence");
const FENCED_BY_NOTHING = appends("shuts out whoever wrote before by a write that moved, or brings nothing");
const ENDS = appends(
  "ends a stream, with last events or none, and takes nothing in after that, whatever its fence",
);
const EACH = appends("answers each of many writes by itself, in their order");
const STOPS =
  "stream-store/1 > keeps who asked first for the end of a stream that goes on, and tells whoever appends";
const READS_ON = "stream-store/1 > reads on after every event, however many at a time";
const MOST = "stream-store/1 > reads 500 events where it is told no number, and no other than 1 to 1,000";
const STAYS = "erasure-store/1, streams > erases mentions in what stays of a stream";
const TEXTS =
  "stores of streams and keys, lifecycle > refuse texts that not every database can hold, naming the field, and write nothing";
const LISTS = "stream-store/1 > lists by source, status, thread and lead";

/** Streams that are broken. */
export const streamSabotages: Readonly<Record<string, Sabotage>> = {
  "appends after whatever is there": {
    create: withAppend(async (write, streams) => ({
      ...write,
      after: (await streams.get(write.id))?.last ?? write.after,
    })),
    fails: [
      ...[AGAIN, AFTER, FENCED_BY_NOTHING],
      ...SEEDS,
      "erasure-store/1, streams > goes on with a stream that was emptied after the number of its last event",
    ],
  },
  "looks at what is there before it appends, and not as it does": {
    create: withAppend(async (write, streams, call) => {
      const { last, status } = (await streams.get(write.id, call)) ?? {};
      if (last !== write.after || status !== "open") return write;
      const [written] = await streams.append([write], call);
      if (written?.status !== "moved") return written ?? write;
      const [again] = await streams.append([{ ...write, after: written.last }], call);
      return again ?? write;
    }),
    fails: [`${OVERLAP}takes in one of 20 appends after the same event`],
  },
  "lets whoever wrote before go on": {
    create: withAppend(async (write, streams) => {
      const { fence = 0 } = (await streams.get(write.id)) ?? {};
      return { ...write, fence: Math.max(fence, write.fence) };
    }),
    fails: [FENCED, FENCED_BY_NOTHING, ...SEEDS],
  },
  "keeps the fence where a write has moved": {
    create: withAppend(async (write, streams) => {
      const { last = 0, fence = 0, status } = (await streams.get(write.id)) ?? {};
      const hasMoved = status === "open" && write.fence > fence && write.after !== last;
      return hasMoved ? { status: "moved", last } : write;
    }),
    fails: [FENCED_BY_NOTHING],
  },
  "tells not how far a stream came that has ended": {
    create: withStreams((streams) => ({
      append: async (writes, call) =>
        (await streams.append(writes, call)).map((written) =>
          written.status === "ended" ? { ...written, last: 0 } : written,
        ),
    })),
    fails: [AGAIN, ENDS],
  },
  "forgets why a stream failed": {
    create: withAppend(async ({ end, ...write }) =>
      end === undefined
        ? write
        : { ...write, end: { status: end.status === "failed" ? "cancelled" : end.status } },
    ),
    fails: [ENDS, STAYS, TEXTS],
  },
  "answers in another order than it was asked in": {
    create: withStreams((streams) => ({
      append: async (writes, call) =>
        writes.length === 5 || writes.length === 6
          ? [...(await streams.append(writes, call))].reverse()
          : streams.append(writes, call),
    })),
    fails: [EACH],
  },
  "does not tell writers that they are to stop": {
    create: withStreams((streams) => ({
      append: async (writes, call) =>
        (await streams.append(writes, call)).map((written) =>
          written.status === "written" ? { status: "written", last: written.last } : written,
        ),
    })),
    fails: [STOPS, EACH],
  },
  "keeps who asked last for the end": {
    create: withStores(({ streams }) => {
      const asked = new Map<string, { readonly by: string; readonly reason: string }>();
      return {
        streams: {
          ...streams,
          requestStop: async (id, stop, call) => {
            const isAsked = await streams.requestStop(id, stop, call);
            if (isAsked) asked.set(id, stop);
            return isAsked;
          },
          get: async (id, call) => {
            const record = await streams.get(id, call);
            if (record?.stop === undefined) return record;
            return { ...record, stop: { ...record.stop, ...asked.get(id) } };
          },
        },
      };
    }),
    fails: [STOPS, STAYS],
  },
  "skips an event where it reads on": {
    create: withStreams((streams) => ({
      read: (id, from, call) => streams.read(id, from?.after === 7 ? { ...from, after: 8 } : from, call),
    })),
    fails: [READS_ON],
  },
  "repeats the last event that is known": {
    create: withStreams((streams) => ({
      read: (id, from, call) => streams.read(id, from?.after === 7 ? { ...from, after: 6 } : from, call),
    })),
    fails: [READS_ON],
  },
  "reads 1,000 events where it is told no number": {
    create: withStreams((streams) => ({
      read: (id, from, call) => streams.read(id, { limit: 1000, ...from }, call),
    })),
    fails: [MOST],
  },
  "reads the record before the events": {
    create: withStreams((streams) => ({
      read: async (id, from, call) => {
        const record = await streams.get(id, call);
        await Promise.resolve();
        const part = await streams.read(id, from, call);
        return part && record && { ...part, record };
      },
    })),
    fails: [
      "stream-store/1 > tells the stream as it stood with the events that it gives, while others append",
    ],
  },
  "keeps what was told as text": {
    create: withStreams((streams) => ({
      read: async (id, from, call) => {
        const part = await streams.read(id, from, call);
        const toText = ({ data, ...event }: StoredStreamEvent) => ({
          ...event,
          data: typeof data === "object" ? JSON.stringify(data) : data,
        });
        return part && { ...part, events: part.events.map(toText) };
      },
    })),
    fails: ["stream-store/1 > gives back what was told as it was told"],
  },
  "opens a stream anew that is there": {
    create: withStreams((streams) => ({
      open: async (draft, call) => {
        await streams.open(draft, call);
        return true;
      },
    })),
    fails: [
      appends("opens a stream once, empty and open, as it was told"),
      `${OVERLAP}opens a stream for one of 20`,
    ],
  },
  "lists streams of every thread": {
    create: withStreams((streams) => ({
      list: (filter, page, call) =>
        streams.list(
          /^\w*$/.test(filter?.threadId ?? "") ? { ...filter, threadId: undefined } : filter,
          page,
          call,
        ),
    })),
    fails: [LISTS],
  },
  "lists the stream that was opened first first": {
    create: withStreams((streams) => ({
      list: async (filter, page, call) => {
        const { items, ...next } = await streams.list(filter, page, call);
        return { items: [...items].reverse(), ...next };
      },
    })),
    fails: [
      "stream-store/1 > lists the stream that was opened last first, page by page, while others are opened",
      appends("keeps what a transaction appended, or nothing of it"),
    ],
  },
};
