/**
 * The operators of a container's receiver: they take the runtime's envelope off, join the parts of lines, and do what is wished for the log.
 *
 * The operator `container` is not used: it does not join what Docker's json-file driver splits, and mixes stdout and stderr where it joins for CRI (0.149).
 *
 * @module
 */
import type { LogFormat, LogHints, LogTarget, Scope } from "../../lib/render/agent.ts";
import { bodyHas, exprText, inLines } from "./expression.ts";

/** One operator, as it stands in the configuration. */
export type Operator = Readonly<Record<string, unknown>>;

/** Longest event that is put together, in bytes. */
const MAX_BYTES = 1024 * 1024;
const STREAM = 'attributes["log.iostream"]';
const TIMESTAMP = {
  parse_from: "attributes.time",
  layout_type: "gotime",
  layout: "2006-01-02T15:04:05.999999999Z07:00",
};

/** Gives the operators, in order. */
export function operatorsOf({ log, hints }: LogTarget, scope: Pick<Scope, "cannot">): readonly Operator[] {
  return [
    ...ENVELOPE[log.format],
    ...multiline(hints),
    ...sampling(hints, scope),
    ...hints.redactionRules.map(({ pattern, replacement }) => ({
      type: "regex_replace",
      field: "body",
      regex: inLines(pattern),
      // A dollar sign would begin a reference to a group.
      replace_with: replacement.replaceAll("$", "$$$$"),
    })),
    ...parser(hints, scope),
  ];
}

/** Takes what an envelope's parser found out of the attributes. */
const UNPACK: readonly Operator[] = [
  { type: "move", if: "attributes.stream != nil", from: "attributes.stream", to: STREAM },
  { type: "move", if: "attributes.log != nil", from: "attributes.log", to: "body" },
  { type: "remove", if: "attributes.time != nil", field: "attributes.time" },
];

/** Joins parts, by stream: the events of a receiver are of one container. */
function join(isLast: string): Operator {
  return {
    type: "recombine",
    combine_field: "body",
    combine_with: "",
    is_last_entry: isLast,
    source_identifier: STREAM,
    max_batch_size: 0,
    max_unmatched_batch_size: 0,
    max_log_size: MAX_BYTES,
    force_flush_period: "5s",
  };
}

/** What is not as expected is shipped as it is. */
const ENVELOPE: Readonly<Record<LogFormat, readonly Operator[]>> = {
  "cri": [
    {
      type: "regex_parser",
      regex: "^(?P<time>[^ ]+) (?P<stream>stdout|stderr) (?P<logtag>[^ ]*) ?(?P<log>(?s:.*))$",
      timestamp: TIMESTAMP,
    },
    ...UNPACK,
    join('attributes.logtag == nil or attributes.logtag startsWith "F"'),
    { type: "remove", if: "attributes.logtag != nil", field: "attributes.logtag" },
  ],
  "json-file": [
    { type: "json_parser", parse_to: "attributes", timestamp: TIMESTAMP },
    ...UNPACK,
    { type: "remove", if: "attributes.attrs != nil", field: "attributes.attrs" },
    join(`${STREAM} == nil or body endsWith ${exprText("\n")}`),
    { type: "regex_replace", field: "body", regex: "\\n\\z", replace_with: "" },
  ],
};

function multiline({ multiline }: LogHints): readonly Operator[] {
  if (!multiline) return [];
  return [{
    type: "recombine",
    combine_field: "body",
    combine_with: "\n",
    is_first_entry: `body matches ${exprText(multiline.firstLine)}`,
    source_identifier: STREAM,
    max_batch_size: 500,
    max_unmatched_batch_size: 0,
    max_log_size: MAX_BYTES,
    force_flush_period: "5s",
  }];
}

/** The first rule that matches decides: each holds for what none before it matches. */
function sampling({ samplingRules }: LogHints, { cannot }: Pick<Scope, "cannot">): readonly Operator[] {
  if (samplingRules.some(({ rate }) => rate > 0 && rate < 0.001)) {
    cannot("samplingRules", "rates below 0.001: the Collector draws lots in steps of 1 in 1,000; they count as 0.001");
  }
  return samplingRules.flatMap(({ pattern, rate }, index) => {
    const dropped = rate > 0 ? Math.min(999, Math.round((1 - rate) * 1000)) : 1000;
    if (dropped === 0) return [];
    const others = samplingRules.slice(0, index).map((rule) => `not (${bodyHas(rule.pattern)})`);
    return [{
      type: "filter",
      expr: [...others, bodyHas(pattern)].join(" and "),
      // The Collector multiplies by 1,000 and cuts off: a half more, and no rounding makes one less of it.
      drop_ratio: dropped === 1000 ? 1 : (dropped + 0.5) / 1000,
    }];
  });
}

/** Operators that take a line apart, by name of a parser. */
const PARSERS: ReadonlyMap<string, Operator> = new Map([
  ["json", { type: "json_parser" }],
  ["logfmt", { type: "key_value_parser", delimiter: "=" }],
]);

function parser({ parser }: LogHints, { cannot }: Pick<Scope, "cannot">): readonly Operator[] {
  if (parser === "") return [];
  const operator = PARSERS.get(parser);
  if (operator) return [{ ...operator, parse_from: "body", parse_to: "attributes.parsed", on_error: "send_quiet" }];
  const known = [...PARSERS.keys()].join(" and ");
  cannot(
    "parser",
    `the Collector takes no lines apart for ${parser}, only for ${known}; the name goes into the attribute parser`,
  );
  return [];
}
