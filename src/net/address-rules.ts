import { parseIp } from "./ip-address.ts";
import { type IpRange, parseIpRange } from "./ip-range.ts";
import { type RangeEntry, RangeTable } from "./range-table.ts";

/** What {@link AddressRules} are made of. */
export interface AddressLists {
  /** Entries as {@link isAddressEntry} takes them. */
  readonly allow: Iterable<string>;
  /** @defaultValue none */
  readonly deny?: Iterable<string>;
  /** What happens to an address that no entry is about. */
  readonly others: "allow" | "deny";
}

const ALLOWED = 1;
/** The higher value: of two entries for the same range the one that denies counts. */
const DENIED = 2;
/** The second is how gunicorn writes it. */
const EVERYBODY: ReadonlySet<string> = new Set(["all", "*"]);
const EVERYWHERE = ["0.0.0.0/0", "::/0"];
/** The name of clients that come through a Unix socket, and have no address. */
export const UNIX_CLIENT = "unix";

/**
 * Who is let in, by address: the narrowest range around an address decides, and of an allowed and a denied range that are the same the
 * denied one. Made once, asked often.
 */
export class AddressRules {
  readonly #ipv4: RangeTable;
  readonly #ipv6: RangeTable;
  readonly #allowsOthers: boolean;
  readonly #allowsUnix: boolean;

  constructor({ allow, deny = [], others }: AddressLists) {
    const allowed = entriesOf(allow, ALLOWED);
    const denied = entriesOf(deny, DENIED);
    const entries = [...allowed.entries, ...denied.entries];
    this.#ipv4 = new RangeTable(
      entries.filter(({ range }) => range.family === 4),
      1,
    );
    this.#ipv6 = new RangeTable(
      entries.filter(({ range }) => range.family === 6),
      4,
    );
    this.#allowsOthers = others === "allow";
    const unix = Math.max(allowed.unix, denied.unix) || Math.max(allowed.all, denied.all);
    this.#allowsUnix = unix === 0 ? this.#allowsOthers : unix === ALLOWED;
  }

  /** @param address - As a socket names its peer, or {@link UNIX_CLIENT}. Anything else is denied. */
  allows(address: string): boolean {
    if (address === UNIX_CLIENT) return this.#allowsUnix;
    const ip = parseIp(address);
    if (!ip) return false;
    const found = (ip.family === 4 ? this.#ipv4 : this.#ipv6).find(ip.words);
    return found === 0 ? this.#allowsOthers : found === ALLOWED;
  }
}

/** Whether a text can stand in a list: an address, a range such as `10.0.0.0/8`, `all` or `*`, or `unix`. */
export function isAddressEntry(text: string): boolean {
  return EVERYBODY.has(text) || text === UNIX_CLIENT || parseIpRange(text) !== undefined;
}

interface ReadEntries {
  readonly entries: RangeEntry[];
  /** The value of `unix`, and that of `all`; 0 where it is not listed. */
  readonly unix: number;
  readonly all: number;
}

function entriesOf(texts: Iterable<string>, value: number): ReadEntries {
  const entries: RangeEntry[] = [];
  let unix = 0;
  let all = 0;
  for (const text of texts) {
    if (text === UNIX_CLIENT) unix = value;
    if (EVERYBODY.has(text)) all = value;
    for (const range of rangesOf(text)) entries.push({ range, value });
  }
  return { entries, unix, all };
}

function rangesOf(text: string): IpRange[] {
  const texts = EVERYBODY.has(text) ? EVERYWHERE : [text];
  return texts.map(parseIpRange).filter((range) => range !== undefined);
}
