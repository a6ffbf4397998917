// Ports to `outside.mjs`. An adapter of a real vendor has the same shape.

/**
 * @param {string} base
 * @returns {import("@salesagent/agents").Calendar}
 */
export function outsideCalendar(base) {
  return {
    port: "calendar/1",
    provider: "outside",
    freeSlots: (query, { signal }) =>
      ask(`${base}/slots?${new URLSearchParams({ ...toText(query) })}`, { signal }),
    book: ({ slot, title, attendee }, { idempotencyKey, signal }) =>
      ask(`${base}/meetings`, { signal, body: { slot, title, attendee, idempotencyKey } }),
    findBooking: async ({ idempotencyKey, signal }) =>
      (await ask(`${base}/meetings?${new URLSearchParams({ idempotencyKey })}`, { signal })) ?? undefined,
  };
}

/**
 * @param {string} base
 * @returns {import("@salesagent/agents/tools").MailTransport}
 */
export function outsideMail(base) {
  return {
    port: "mail-transport/1",
    provider: "outside",
    send: async (message, { signal } = {}) => void (await ask(`${base}/mails`, { signal, body: message })),
    wasSent: async (messageId, { signal } = {}) =>
      (await ask(`${base}/mails?${new URLSearchParams({ messageId })}`, { signal })) !== null,
  };
}

/** @param {object} query */
const toText = (query) =>
  Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));

/**
 * @param {string} url
 * @param {{ signal?: AbortSignal | undefined, body?: object }} call
 */
async function ask(url, { signal, body }) {
  const response = await fetch(url, {
    ...(body && { method: "POST", body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  if (!response.ok) throw new Error(`${new URL(url).pathname} answers ${response.status}`);
  return response.json();
}
