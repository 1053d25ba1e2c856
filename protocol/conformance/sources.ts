/** Where rules stand, spelt the same everywhere: the table of rules and cases is made from it. */

/** A section of the specification in this package. */
export function spec(section: string): string {
  return `protocol/README.md section ${section}`;
}

/** A section of the gateway interface that uwsgi servers host, for any language that has one like it. */
export function pep3333(heading: string): string {
  return `PEP 3333, "${heading}"`;
}

/** HTTP's meaning of fields and statuses. */
export function rfc9110(section: string): string {
  return `RFC 9110 section ${section}`;
}

/** HTTP/1.1 on the wire. */
export function rfc9112(section: string): string {
  return `RFC 9112 section ${section}`;
}
