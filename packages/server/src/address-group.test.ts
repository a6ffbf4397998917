import { expect, it } from "vitest";
import { addressGroup } from "./address-group.js";

it.each([
  ["203.0.113.7", "203.0.113.7"],
  [" 203.0.113.7 ", "203.0.113.7"],
  ["203.0.113.7:51234", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["::ffff:cb00:7107", "203.0.113.7"],
  ["2a01:4f8:1:2:3:4:5:6", "2a01:4f8:1:2::/64"],
  ["2A01:04F8:0001:0002::9", "2a01:4f8:1:2::/64"],
  ["[2a01:4f8:1:2::9]:443", "2a01:4f8:1:2::/64"],
  ["2a01:4f8::", "2a01:4f8:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
])("counts %s as %s", (text, name) => {
  expect(addressGroup(text)?.name).toBe(name);
});

it.each([
  "",
  "unknown",
  "_hidden",
  "256.1.1.1",
  "1.2.3",
  "1.2.3.4.5",
  "1.2.3.4.",
  "a.b.c.d",
  ":::",
  "1::2::3",
  "2a01:4f8::/64",
  "x]:1",
])("takes %j for no address", (text) => {
  expect(addressGroup(text)).toBeUndefined();
});

it.each([
  ["127.0.0.1", true],
  ["10.1.2.3", true],
  ["172.16.0.1", true],
  ["172.32.0.1", false],
  ["192.168.1.1", true],
  ["100.64.0.1", true],
  ["100.128.0.1", false],
  ["169.254.169.254", true],
  ["8.8.8.8", false],
  ["::1", true],
  ["::ffff:10.0.0.1", true],
  ["fd00::1", true],
  ["fe80::1", true],
  ["2a01:4f8::1", false],
])("knows whether %s is of an inner network", (text, isInner) => {
  expect(addressGroup(text)?.isInner).toBe(isInner);
});
