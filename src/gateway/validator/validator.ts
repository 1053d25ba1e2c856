import { parseLength } from "../../codec/content-length.ts";
import { defineApplication } from "../define-application.ts";
import { describe } from "../response-start.ts";
import type { Application, Environ, ResponseBody } from "../types.ts";
import { checkEnviron, checkShape } from "./check-environ.ts";
import { Doubts, type ValidatorOptions } from "./doubts.ts";
import { guardBody } from "./guarded-body.ts";
import { GuardedErrors } from "./guarded-errors.ts";
import { guardFinishers } from "./guarded-finishers.ts";
import { GuardedInput } from "./guarded-input.ts";
import { guardStartResponse } from "./guarded-start-response.ts";
import { guardUpgrade } from "./guarded-upgrade.ts";
import { fault } from "./lint-error.ts";
import { counted } from "./lint-message.ts";
import { ResponseRecord } from "./response-record.ts";
import { isThenable } from "./thenable.ts";

/**
 * Put an application behind run-time checks of the gateway interface, both ways, as `wsgiref.validate` does in
 * Python. Whoever breaks a rule gets a {@link LintError} at that point; what is merely doubtful goes to
 * `onWarning`. Everything else passes as it is: the bytes of an application that keeps the rules do not change.
 *
 * @returns An application. With middleware, put one on each side of it: then the messages name the right side.
 * @throws {@link LintError} `A01` when `app` is no function.
 * @see docs/validator.md for the rules
 */
export function validator(app: Application, options: ValidatorOptions = {}): Application {
  if (typeof app !== "function") throw fault("A01", describe(app));
  const seen = new WeakSet<Environ>();
  return defineApplication((...args) => {
    const [environ, startResponse] = args;
    checkArguments(args, seen);
    const doubts = new Doubts(options, environ["wsgi.errors"]);
    checkEnviron(environ, doubts, environ["wsgi.input"] instanceof GuardedInput);
    const response = new ResponseRecord(environ.REQUEST_METHOD, doubts);
    const watched = { request: `${environ.REQUEST_METHOD} ${pathOf(environ)}`, doubts };
    guardEnviron(environ, response, doubts);
    const deliver = (body: unknown): ResponseBody =>
      response.isSwitched ? (body as ResponseBody) : guardBody(body, response, watched);
    const guarded = guardStartResponse(startResponse, response, doubts);
    guardUpgrade(environ, response, { guarded, original: startResponse });
    const result: unknown = app(environ, guarded);
    return isThenable(result) ? Promise.resolve(result).then(deliver) : deliver(result);
  });
}

function checkArguments(args: readonly unknown[], seen: WeakSet<Environ>): void {
  if (args.length !== 2) throw fault("S01", counted(args.length, "argument"));
  const [environ, startResponse] = args;
  if (typeof startResponse !== "function") throw fault("S02", describe(startResponse));
  checkShape(environ);
  if (seen.has(environ)) throw fault("S32", "that of an earlier request");
  seen.add(environ);
}

/** Replace what the application calls by what watches it. */
function guardEnviron(environ: Environ, response: ResponseRecord, doubts: Doubts): void {
  const length = parseLength(environ.CONTENT_LENGTH ?? "") ?? Number.POSITIVE_INFINITY;
  environ["wsgi.input"] = new GuardedInput(environ["wsgi.input"], { doubts, response, length });
  environ["wsgi.errors"] = new GuardedErrors(environ["wsgi.errors"]);
  if ("uwsgi_bridge.response_finished" in environ) {
    environ["uwsgi_bridge.response_finished"] = guardFinishers(environ["uwsgi_bridge.response_finished"]);
  }
}

function pathOf({ SCRIPT_NAME = "", PATH_INFO = "" }: Partial<Environ>): string {
  return SCRIPT_NAME + PATH_INFO;
}
