/**
 * Checks what an agent's description says of the shipper's reload.
 *
 * The agent never chooses where a request or a signal goes: address and pid file are settings of the operator, without default.
 *
 * @module
 */
import type { Settings, ShipperReload } from "./agent.ts";
import { checkTimeout, namesIn } from "./check_shipper_check.ts";
import { isPlain, type Plain, unknownKey } from "./plain.ts";
import { printable, shown } from "./printable.ts";

const HTTP_KEYS = ["url", "method", "body", "contentType", "statuses", "contains", "json", "timeoutSeconds", "confirm"];
const SIGNAL_KEYS = ["signal", "pidFile", "processes", "timeoutSeconds", "confirm"];
const MAX_BODY = 10_000;
const MAX_TEXT = 1000;

/** Options of {@linkcode checkShipperReload}. */
export interface CheckShipperReloadOptions {
  /** The agent's settings, checked. */
  readonly settings: Settings;
  /** Throws; gets what the reload must be. */
  readonly fail: (expected: string) => never;
}

/** Gives the reload of a description, if it keeps the contract. */
export function checkShipperReload(value: unknown, options: CheckShipperReloadOptions): ShipperReload {
  const { fail } = options;
  if (!isPlain(value)) return fail("must be an object");
  const known = Object.hasOwn(value, "signal") ? SIGNAL_KEYS : HTTP_KEYS;
  const stranger = unknownKey(value, known);
  if (stranger !== undefined) fail(`has the unknown key ${JSON.stringify(stranger)}; known are ${known.join(", ")}`);
  if (known === SIGNAL_KEYS) checkSignal(value, options);
  else checkHttp(value, options);
  checkTimeout(value.timeoutSeconds, fail);
  if (value.confirm !== undefined) checkConfirm(value.confirm, options);
  return value as unknown as ShipperReload;
}

function checkSignal({ signal, pidFile, processes }: Plain, { settings, fail }: CheckShipperReloadOptions) {
  if (signal !== "HUP" && signal !== "USR1" && signal !== "USR2") {
    fail(`has signal ${shown(signal)}, must be HUP, USR1 or USR2`);
  }
  const name = typeof pidFile === "string" ? /^\{([A-Za-z][A-Za-z0-9]*)\}$/.exec(pidFile)?.[1] : undefined;
  const setting = name !== undefined && Object.hasOwn(settings, name) ? settings[name] : undefined;
  if (setting?.type !== "path") return fail('must have {name} of a setting of type "path" as pidFile');
  if (setting.default !== undefined) fail(`has the pid file {${name}}, whose setting must not have a default`);
  if (!Array.isArray(processes) || processes.length === 0 || processes.length > 20) {
    return fail("must have processes, a list of at least one name");
  }
  for (const one of processes) {
    if (typeof one !== "string" || one === "" || one !== printable(one, 100)) fail("has no text among processes");
    for (const name of namesIn(one)) {
      if (!Object.hasOwn(settings, name) || settings[name]!.secret) {
        fail(`names no open setting by {${name}} in processes`);
      }
    }
  }
}

function checkHttp(value: Plain, { settings, fail }: CheckShipperReloadOptions) {
  const {
    url,
    method = "POST",
    body = "",
    contentType = "application/json",
    statuses = [200],
    contains = "",
    json = {},
  } = value;
  checkUrl(url, { settings, fail });
  if (method !== "GET" && method !== "POST" && method !== "PUT") {
    fail(`has method ${shown(method)}, must be GET, POST or PUT`);
  }
  if (typeof body !== "string" || body.length > MAX_BODY) fail(`must have a body of at most ${MAX_BODY} characters`);
  if (method === "GET" && value.body !== undefined) fail("has a body, which GET cannot have");
  if (typeof contentType !== "string" || !/^[!-~]+( [!-~]+)*$/.test(contentType) || contentType.length > MAX_TEXT) {
    fail("must have a content type such as application/json as contentType");
  }
  if (!Array.isArray(statuses) || !statuses.every((one) => Number.isInteger(one) && one >= 200 && one <= 599)) {
    fail("must have numbers from 200 to 599 in statuses");
  }
  if (typeof contains !== "string" || contains.length > MAX_TEXT) fail("must have a short text as contains");
  if (!isPlain(json) || !Object.values(json).every((one) => ["string", "number", "boolean"].includes(typeof one))) {
    fail("must have an object of texts, numbers, true and false as json");
  }
}

function checkConfirm(value: unknown, { settings, fail }: CheckShipperReloadOptions) {
  if (!isPlain(value) || unknownKey(value, ["url", "field"]) !== undefined) {
    return fail("must have url and field in confirm");
  }
  checkUrl(value.url, { settings, fail });
  if (typeof value.field !== "string" || !/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){0,9}$/.test(value.field)) {
    fail("must have the name of a field in confirm");
  }
}

/** What follows the setting begins a path: it cannot lead to another host. */
function checkUrl(value: unknown, { settings, fail }: CheckShipperReloadOptions) {
  const match = typeof value === "string" && value.length <= MAX_TEXT
    ? /^\{([A-Za-z][A-Za-z0-9]*)\}(?:\/[!-[\]-z|~]*)?$/.exec(value)
    : null;
  const name = match?.[1];
  if (name === undefined || !Object.hasOwn(settings, name) || settings[name]!.type !== "url") {
    fail(`has url ${shown(value)}, must be {name} of a setting of type "url", and a path after it where one is needed`);
  }
}
