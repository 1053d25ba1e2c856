import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AddressRules, isAddressEntry } from "../../src/net/address-rules.ts";

test.each([
  ["all", true],
  ["unix", true],
  ["10.0.0.0/8", true],
  ["a.test", false],
])("%j is an entry: %s", (text, expected) => {
  expect(isAddressEntry(text)).toBe(expected);
});

describe("the narrowest range decides", () => {
  test.each<[string[], string[], string, boolean]>([
    [[], [], "192.0.2.1", true],
    [[], [], "unix", true],
    [[], ["10.0.0.0/8"], "10.1.1.1", false],
    [[], ["10.0.0.0/8"], "11.0.0.0", true],
    [[], ["10.0.0.0/8"], "9.255.255.255", true],
    [["10.0.0.0/8"], [], "10.1.1.1", true],
    [["10.0.0.0/8"], [], "11.1.1.1", false],
    [["10.0.0.0/8"], [], "::1", false],
    [["10.0.0.0/8"], ["10.1.0.0/16"], "10.1.1.1", false],
    [["10.0.0.0/8"], ["10.1.0.0/16"], "10.2.1.1", true],
    [["10.0.0.0/8"], ["10.1.0.0/16"], "192.0.2.1", false],
    [["10.1.2.3"], ["10.1.0.0/16"], "10.1.2.3", true],
    [["10.1.2.3", "all"], ["10.1.0.0/16"], "10.1.2.4", false],
    [["10.1.2.3", "all"], ["10.1.0.0/16"], "192.0.2.1", true],
    [["10.0.0.0/8"], ["10.0.0.0/8"], "10.1.1.1", false],
    [["10.0.0.0/8"], ["all"], "10.1.1.1", true],
    [["10.0.0.0/8"], ["all"], "2001:db8::1", false],
    [[], ["10.0.0.0/8"], "::ffff:10.1.1.1", false],
    [[], ["::/0"], "::ffff:10.1.1.1", true],
    [[], ["::/0"], "2001:db8::1", false],
    [[], ["fe80::/10"], "fe80::1%eth0", false],
    [["255.255.255.255"], [], "255.255.255.255", true],
    [[], ["10.0.0.0/8"], "nonsense", false],
    [[], ["10.0.0.0/8"], "", false],
    [[], ["10.0.0.0/8"], "unix", true],
    [["10.0.0.0/8"], [], "unix", false],
    [["unix"], ["all"], "unix", true],
    [["all"], ["unix"], "unix", false],
    [[], ["all"], "unix", false],
    [["unix"], [], "10.1.1.1", false],
  ])("allow %j, deny %j, %j: %s", (allow, deny, address, expected) => {
    const rules = new AddressRules({ allow, deny, others: allow.length > 0 ? "deny" : "allow" });
    expect(rules.allows(address)).toBe(expected);
  });
});

describe("against a naive search", () => {
  /** Few distinct bits, so that ranges lie within each other and begin where others end. */
  const byte = fc.constantFrom(0, 1, 2, 127, 128, 254, 255);
  const ipv4 = fc.array(byte, { minLength: 4, maxLength: 4 }).map((parts) => parts.join("."));
  const group = fc.constantFrom("0", "1", "8000", "ffff", "fffe");
  const ipv6 = fc.array(group, { minLength: 8, maxLength: 8 }).map((parts) => parts.join(":"));
  const entry = fc.oneof(
    fc.tuple(ipv4, fc.integer({ min: 0, max: 32 })),
    fc.tuple(ipv6, fc.integer({ min: 0, max: 128 })),
  );
  const list = fc.array(
    entry.map(([address, bits]) => `${address}/${bits}`),
    { maxLength: 40 },
  );

  test("every address gets the same answer", () => {
    const others = fc.constantFrom("allow" as const, "deny" as const);
    fc.assert(
      fc.property(list, list, others, fc.array(fc.oneof(ipv4, ipv6)), (allow, deny, rest, addresses) => {
        const rules = new AddressRules({ allow, deny, others: rest });
        for (const address of addresses)
          expect([address, rules.allows(address)]).toEqual([
            address,
            naive(allow, deny, address) ?? rest === "allow",
          ]);
      }),
    );
  });

  test("50 000 ranges", () => {
    const numbers = new Random(7);
    const deny = Array.from({ length: 40_000 }, () => `${numbers.ipv4()}/${16 + numbers.below(17)}`);
    const deny6 = Array.from(
      { length: 5000 },
      () => `2001:db8:${numbers.hex()}:${numbers.hex()}::/${32 + numbers.below(33)}`,
    );
    const allow = Array.from({ length: 5000 }, () => `${numbers.ipv4()}/${16 + numbers.below(17)}`);
    const rules = new AddressRules({ allow, deny: [...deny, ...deny6], others: "allow" });
    const known = prepare(allow, [...deny, ...deny6]);
    const seen = new Set<boolean>();
    for (let round = 0; round < 300; round += 1) {
      const address = round % 3 === 0 ? `2001:db8:${numbers.hex()}::${numbers.hex()}` : numbers.ipv4();
      const expected = search(known, address) ?? true;
      seen.add(expected);
      expect([address, rules.allows(address)]).toEqual([address, expected]);
    }
    expect(seen.size).toBe(2);
  }, 60_000);
});

interface Bits {
  readonly prefix: string;
  readonly isAllowed: boolean;
}

function naive(allow: readonly string[], deny: readonly string[], address: string): boolean | undefined {
  return search(prepare(allow, deny), address);
}

function prepare(allow: readonly string[], deny: readonly string[]): Bits[] {
  const read = (text: string, isAllowed: boolean): Bits => {
    const [address = "", bits] = text.split("/");
    return { prefix: bitsOf(address).slice(0, 2 + Number(bits)), isAllowed };
  };
  return [...allow.map((text) => read(text, true)), ...deny.map((text) => read(text, false))];
}

/** The longest prefix wins, and of two that are equal the one that denies, which stands behind. */
function search(entries: readonly Bits[], address: string): boolean | undefined {
  const bits = bitsOf(address);
  let found: Bits | undefined;
  for (const entry of entries) {
    if (bits.startsWith(entry.prefix) && entry.prefix.length >= (found?.prefix.length ?? 0)) found = entry;
  }
  return found?.isAllowed;
}

/** The family and all bits, by way of the URL parser's own idea of an address: it writes each in one way only. */
function bitsOf(address: string): string {
  if (!address.includes(":"))
    return `4 ${address
      .split(".")
      .map((part) => Number(part).toString(2).padStart(8, "0"))
      .join("")}`;
  const [head = "", tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split("::");
  const first = head.split(":").filter((part) => part !== "");
  const last = (tail ?? "").split(":").filter((part) => part !== "");
  const all = [...first, ...new Array<string>(8 - first.length - last.length).fill("0"), ...last];
  const bits = all.map((part) => Number.parseInt(part, 16).toString(2).padStart(16, "0")).join("");
  return `6 ${bits}`;
}

/** Numbers that look random, the same in each run. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }

  ipv4(): string {
    return Array.from({ length: 4 }, () => this.below(256)).join(".");
  }

  hex(): string {
    return this.below(65_536).toString(16);
  }
}
