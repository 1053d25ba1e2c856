import { claimInstances } from "./light-prototype.ts";
import { LightRequest } from "./light-request.ts";
import { LightResponse } from "./light-response.ts";
import { NativeRequest } from "./native-classes.ts";

/** The global `Request` of a process with light requests: makes real ones, also from a light one. */
class PatchedRequest extends NativeRequest {
  static {
    Object.defineProperty(PatchedRequest, "name", { value: "Request" });
    claimInstances(PatchedRequest, NativeRequest);
    Object.defineProperty(LightRequest.prototype, "constructor", { value: PatchedRequest });
  }

  constructor(input: ConstructorParameters<typeof Request>[0], init?: RequestInit) {
    super(LightRequest.unwrap(input), init);
  }
}

type FetchGlobals = Pick<typeof globalThis, "Request" | "Response" | "fetch">;

/** What was replaced, and by what; undefined while nothing is. */
let patch: { readonly originals: FetchGlobals; readonly replacements: FetchGlobals } | undefined;

/**
 * Make `new Request(light)`, `fetch(light)` and `new Response("text")` work with light objects, for the whole process. Does nothing when
 * that has been done.
 */
export function installLightGlobals(): void {
  if (patch) return;
  const { Request, Response, fetch } = globalThis;
  const replacements: FetchGlobals = {
    Request: PatchedRequest,
    Response: LightResponse as unknown as typeof Response,
    fetch: (input, init) => fetch(LightRequest.unwrap(input), init),
  };
  patch = { originals: { Request, Response, fetch }, replacements };
  Object.assign(globalThis, replacements);
}

/**
 * Undo {@link installLightGlobals}, but for what somebody else has replaced since. For tests: light objects made before go on working, only
 * not as arguments of the originals.
 */
export function restoreNativeGlobals(): void {
  if (!patch) return;
  const { originals, replacements } = patch;
  patch = undefined;
  for (const name of ["Request", "Response", "fetch"] as const) {
    if (globalThis[name] === replacements[name]) Object.assign(globalThis, { [name]: originals[name] });
  }
}
