/** Groups of 16 bits of an IPv6 address that are one customer: the rest changes from day to day. */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/** What of a client's address counts: an IPv4 address whole, of an IPv6 address the network, which is its first 64 bits. */
export function addressKey(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const groups = groupsOf(head);
  if (tail !== undefined) {
    const behind = groupsOf(tail);
    while (groups.length + behind.length < GROUPS) groups.push("0");
    groups.push(...behind);
  }
  return groups.slice(0, NETWORK_GROUPS).join(":");
}

function groupsOf(text: string): string[] {
  return text === "" ? [] : text.split(":");
}
