/**
 * Just enough of JSON Schema (2020-12) for the schemas beside the vectors. A keyword that is not understood is an
 * error, so that a schema can not promise more than is checked.
 */
export interface Schema {
  readonly [keyword: string]: unknown;
}

type Check = (value: unknown, argument: never, at: string, root: Schema, schema: Schema) => string[];

const ANNOTATIONS = new Set(["$schema", "$defs", "title", "description"]);

const CHECKS: Record<string, Check> = {
  $ref: (value, ref: string, at, root) => problemsOf(value, resolve(root, ref), at, root),
  anyOf: (value, options: Schema[], at, root) =>
    options.some((option) => problemsOf(value, option, at, root).length === 0)
      ? []
      : [`${at}: fits no option`],
  const: (value, wanted: unknown, at) => failIf(value !== wanted, at, `is not ${JSON.stringify(wanted)}`),
  enum: (value, allowed: unknown[], at) => failIf(!allowed.includes(value), at, "is not in the list"),
  type: (value, type: string, at) => failIf(!hasType(value, type), at, `is no ${type}`),
  pattern: (value, pattern: string, at) =>
    failIf(
      typeof value === "string" && !new RegExp(pattern, "u").test(value),
      at,
      `does not match ${pattern}`,
    ),
  minLength: (value, least: number, at) =>
    failIf(typeof value === "string" && value.length < least, at, "is too short"),
  minimum: (value, least: number, at) =>
    failIf(typeof value === "number" && value < least, at, `is below ${least}`),
  maximum: (value, most: number, at) =>
    failIf(typeof value === "number" && value > most, at, `is above ${most}`),
  minItems: (value, least: number, at) =>
    failIf(Array.isArray(value) && value.length < least, at, "is too short"),
  maxItems: (value, most: number, at) =>
    failIf(Array.isArray(value) && value.length > most, at, "is too long"),
  items: (value, schema: Schema, at, root) =>
    Array.isArray(value)
      ? value.flatMap((item, index) => problemsOf(item, schema, `${at}[${index}]`, root))
      : [],
  required: (value, keys: string[], at) =>
    isRecord(value) ? keys.filter((key) => !(key in value)).map((key) => `${at}: has no ${key}`) : [],
  properties: (value, properties: Record<string, Schema>, at, root) =>
    isRecord(value)
      ? Object.entries(properties)
          .filter(([key]) => key in value)
          .flatMap(([key, schema]) => problemsOf(value[key], schema, `${at}.${key}`, root))
      : [],
  additionalProperties: (value, _allowed: false, at, _root, { properties = {} }) =>
    isRecord(value)
      ? Object.keys(value)
          .filter((key) => !(key in (properties as object)))
          .map((key) => `${at}: has an unknown ${key}`)
      : [],
};

/** Every place where `value` breaks `schema`, as sentences that start with the path. */
export function problemsOf(value: unknown, schema: Schema, at = "$", root: Schema = schema): string[] {
  return Object.entries(schema).flatMap(([keyword, argument]) => {
    if (ANNOTATIONS.has(keyword)) return [];
    const check = CHECKS[keyword];
    if (!check) throw new Error(`the schema uses ${keyword}, which this checker does not know`);
    // Each check names the type of its own argument; the schema is ours, and a wrong one fails loudly.
    return check(value, argument as never, at, root, schema);
  });
}

function resolve(root: Schema, ref: string): Schema {
  const found = (root["$defs"] as Record<string, Schema>)[ref.replace("#/$defs/", "")];
  if (!found) throw new Error(`the schema refers to ${ref}, which it does not define`);
  return found;
}

function hasType(value: unknown, type: string): boolean {
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isRecord(value);
  if (type === "integer") return Number.isInteger(value);
  if (type === "string") return typeof value === "string";
  throw new Error(`the schema uses the type ${type}, which this checker does not know`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function failIf(failed: boolean, at: string, problem: string): string[] {
  return failed ? [`${at}: ${problem}`] : [];
}
