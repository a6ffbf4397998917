import { BlockList, isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAddress } from "./ip-address.js";
import { isPublicAddress } from "./public-address.js";

describe("isPublicAddress", () => {
  it.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "198.19.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "[::1]",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::7f00:1",
    "64:ff9b::a00:1",
    "2001:0:1:2::3",
    "2001:db8::1",
    "2002:7f00:1::",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "ff02::1",
    "fec0::1",
    "4000::1",
  ])("closes %s", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each([
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "168.63.129.15",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "[2a00:1450:4001::200e]",
    "::ffff:1.1.1.1",
    "64:ff9b::101:101",
  ])("opens %s", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    "",
    "localhost",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "01.2.3.4",
    "1::2::3",
    "12345::",
    "1:2:3:4:5:6:7:8:9",
  ])("closes %j, which is no address", (text) => {
    expect(isPublicAddress(text)).toBe(false);
  });

  it("agrees with Node's own ranges", () => {
    const closed = new BlockList();
    closed.addSubnet("10.0.0.0", 8, "ipv4");
    closed.addSubnet("172.16.0.0", 12, "ipv4");
    closed.addSubnet("100.64.0.0", 10, "ipv4");
    closed.addSubnet("198.18.0.0", 15, "ipv4");
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        if (closed.check(address)) expect(isPublicAddress(address)).toBe(false);
      }),
    );
  });
});

describe("parseAddress", () => {
  it("reads every address that Node takes for one, and nothing else", () => {
    const texts = fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{0,20}$/));
    fc.assert(
      fc.property(texts, (text) => {
        expect(parseAddress(text)?.length ?? 0).toBe({ 0: 0, 4: 4, 6: 16 }[isIP(text)]);
      }),
      { numRuns: 2_000 },
    );
  });
});
