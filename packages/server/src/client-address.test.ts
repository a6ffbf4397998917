import { expect, it } from "vitest";
import { clientOf } from "./client-address.js";
import { notePeerAddress } from "./peer-address.js";

const asked = (peer: string | undefined, headers: Record<string, string> = {}) =>
  notePeerAddress(new Request("https://app.example.com/", { headers }), peer);
const forwarded = (told: string) => ({ "x-forwarded-for": told });

it.each([
  ["of the connection", "8.8.8.8", {}, "8.8.8.8"],
  ["of no connection that is known", undefined, {}, undefined],
  ["of an inner network, which may be a proxy's", "10.0.0.1", {}, undefined],
  ["of a connection whose request was forwarded", "8.8.8.8", forwarded("1.1.1.1"), undefined],
  ["of a connection whose request was forwarded otherwise", "8.8.8.8", { "x-real-ip": "1.1.1.1" }, undefined],
])("is, where nothing is said of proxies, that %s", (_, peer, headers, client) => {
  expect(clientOf(asked(peer, headers), {})).toBe(client);
});

it.each([
  ["none: what is forwarded is not believed", 0, "10.0.0.1", "1.1.1.1", "10.0.0.1"],
  ["one: what it adds is believed", 1, "10.0.0.1", "1.1.1.1", "1.1.1.1"],
  ["one: what stands before is whoever asks' own", 1, "10.0.0.1", "6.6.6.6, 5.5.5.5, 1.1.1.1", "1.1.1.1"],
  ["two", 2, "10.0.0.1", "6.6.6.6, 1.1.1.1, 9.9.9.9", "1.1.1.1"],
  ["two, of which one was asked directly", 2, "10.0.0.1", "1.1.1.1", "1.1.1.1"],
  ["one that was passed by", 1, "8.8.8.8", undefined, "8.8.8.8"],
  ["one that tells nothing", 1, "8.8.8.8", "unknown", undefined],
  ["one, of a platform that knows no connections", 1, undefined, "1.1.1.1", "1.1.1.1"],
])("is found behind proxies: %s", (_, trustedProxies, peer, told, client) => {
  const request = asked(peer, told === undefined ? {} : forwarded(told));
  expect(clientOf(request, { trustedProxies })).toBe(client);
});

it("is the host's to tell", () => {
  const clientAddress = (request: Request) => request.headers.get("cf-connecting-ip");
  const request = asked("10.0.0.1", { "cf-connecting-ip": "2a01:4f8:1:2::7" });
  expect(clientOf(request, { clientAddress })).toBe("2a01:4f8:1:2::/64");
  expect(clientOf(asked("8.8.8.8"), { clientAddress })).toBeUndefined();
});
