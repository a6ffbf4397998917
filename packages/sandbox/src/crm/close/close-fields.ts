import { isRecord } from "../shared/json-answer.js";
import { fieldRefusal } from "./close-refusal.js";

/** A text field of a body; undefined where it isn't there, null clears. */
export function readText(body: Readonly<Record<string, unknown>>, field: string): string | null | undefined {
  const value = body[field];
  if (value === undefined || value === null || typeof value === "string") return value;
  throw fieldRefusal(field, "Not a text.");
}

/** @throws CloseRefusal for addresses that are none. */
export function readEmails(value: unknown, isUnsubscribed: (email: string) => boolean): unknown[] {
  return readList("emails", value).map((item, at) => {
    const { email, type } = item;
    if (typeof email !== "string" || !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)) {
      throw fieldRefusal("emails", { [at]: { email: "Invalid email address." } });
    }
    return {
      email,
      type: typeof type === "string" ? type : "office",
      is_unsubscribed: isUnsubscribed(email),
    };
  });
}

/** @throws CloseRefusal for numbers without a country. */
export function readPhones(value: unknown): unknown[] {
  return readList("phones", value).map((item, at) => {
    const { phone, type } = item;
    const digits = typeof phone === "string" ? phone.replaceAll(/[\s().-]/g, "") : "";
    if (!/^\+[1-9]\d{6,14}$/.test(digits))
      throw fieldRefusal("phones", { [at]: { phone: "Invalid phone number." } });
    return {
      phone: digits,
      phone_formatted: `${digits.slice(0, 3)} ${digits.slice(3)}`,
      type: typeof type === "string" ? type : "office",
      country: null,
    };
  });
}

/** @throws CloseRefusal for addresses of the web that are none. */
export function readUrls(value: unknown): unknown[] {
  return readList("urls", value).map((item, at) => {
    const { url, type } = item;
    if (typeof url !== "string" || !/^https?:\/\/\S+$/i.test(url)) {
      throw fieldRefusal("urls", { [at]: { url: "Invalid URL." } });
    }
    return { url, type: typeof type === "string" ? type : "url" };
  });
}

/** The addresses of a lead. */
export function readAddresses(value: unknown): unknown[] {
  const names = ["label", "address_1", "address_2", "city", "state", "zipcode", "country"];
  return readList("addresses", value).map((item) =>
    Object.fromEntries(names.map((name) => [name, item[name] ?? (name === "label" ? "business" : "")])),
  );
}

function readList(field: string, value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value) || !value.every(isRecord))
    throw fieldRefusal(field, "Expected a list of objects.");
  return value;
}
