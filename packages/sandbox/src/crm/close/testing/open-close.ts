import { createManualClock } from "../../shared/manual-clock.js";
import { type CloseSandboxOptions, closeSandbox } from "../close-sandbox.js";

/** No limit of the rate. */
export const FREE = Number.POSITIVE_INFINITY;
const KEY = `Basic ${btoa("api_sandbox:")}`;

/** A Close whose clock stands still, and a way to ask it with its key. */
export function open(options: CloseSandboxOptions = {}) {
  const clock = createManualClock("2026-11-01T10:00:00Z");
  const rates = { search: FREE, general: FREE, leadDelete: FREE };
  const sandbox = closeSandbox({ clock, rates, ...options });
  const ask = async (method: string, path: string, body?: object, headers = {}) => {
    const response = await sandbox.fetch(`https://api.close.com/api/v1${path}`, {
      method,
      headers: { authorization: KEY, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? {} : JSON.parse(text) };
  };
  return { clock, sandbox, ask };
}

export type World = ReturnType<typeof open>;

/** A search for contacts by when they changed. */
export const contacts = (query: object[] = [], rest = {}) => ({
  query: { type: "and", queries: [{ type: "object_type", object_type: "contact" }, ...query] },
  _fields: { contact: ["id", "name", "date_updated"] },
  sort: [
    {
      direction: "asc",
      field: { type: "regular_field", object_type: "contact", field_name: "date_updated" },
    },
  ],
  ...rest,
});

/** The words of an address. */
export const byEmail = (value: string) => ({
  type: "has_related",
  this_object_type: "contact",
  related_object_type: "contact_email",
  related_query: {
    type: "field_condition",
    field: { type: "regular_field", object_type: "contact_email", field_name: "email" },
    condition: { type: "text", mode: "full_words", value },
  },
});

/** Makes contacts of one lead, `C 0` and on. */
export async function manyContacts({ sandbox }: World, count: number) {
  await sandbox.act("POST", "/lead/", {
    name: "X",
    contacts: Array.from({ length: count }, (_, at) => ({ name: `C ${at}` })),
  });
}
