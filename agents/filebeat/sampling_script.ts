/**
 * The program of Filebeat's processor `script` that ships a part of the events; the rules are its parameters, not part of its text.
 *
 * @module
 */

/** In ECMAScript 5.1, with Filebeat's `event`. The first rule that matches decides. */
export const SAMPLING_SCRIPT = `var rules = [];
function register(params) {
  for (var i = 0; i < params.rules.length; i++) {
    rules.push({ pattern: new RegExp(params.rules[i].pattern, "m"), rate: Number(params.rules[i].rate) });
  }
}
function process(event) {
  var message = event.Get("message");
  if (typeof message !== "string") return;
  for (var i = 0; i < rules.length; i++) {
    if (!rules[i].pattern.test(message)) continue;
    if (Math.random() >= rules[i].rate) event.Cancel();
    return;
  }
}
`;
