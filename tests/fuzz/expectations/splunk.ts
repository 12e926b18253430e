/** What is expected of the agent splunk. @module */
import assert from "node:assert/strict";
import { parseSplunkConf } from "../../agents/splunk_conf.ts";
import type { Expectation } from "../agent_expectations.ts";

export default {
  known: { labels: [], annotations: {} },
  settings: { index: "word" },
  parse(text) {
    const stanzas = parseSplunkConf(text);
    for (const { header, settings, fields } of stanzas) {
      assert.match(header, /^monitor:\/\/\/[\w./:@=+,~*-]+$/);
      assert.equal(settings.disabled, "0");
      assert.equal(settings.crcSalt, "<SOURCE>");
      for (const name of Object.keys(settings)) assert.match(name, /^(disabled|index|sourcetype|host|crcSalt)$/);
      for (const name of Object.keys(fields)) assert.match(name, /^(attribute_)?[A-Za-z0-9_]+$/);
    }
    // The order is that of the containers; what is asked for by name is looked at in the tests of the agent.
    return stanzas.map(({ header }) => ({ header }));
  },
  check() {},
} satisfies Expectation;
