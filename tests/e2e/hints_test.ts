import assert from "node:assert/strict";
import { idOf, SAMPLE_IDS, samplePod, Scene } from "./scene.ts";

const CART = samplePod("cart");
const ID = idOf(CART);

Deno.test("what a pod wishes for its logs is rendered at once, wishes that come, change and go, its own and those of another program", async () => {
  await using scene = await Scene.open();
  const args = ["--attribute-labels", "release=version_of", "--annotations-from", "fluentbit"];
  await using watcher = await scene.watchUntilComplete(args);
  const { outputs, server } = scene;
  const patch = (metadata: object) => server.pods.patch({ namespace: "shop", name: CART.name }, { metadata });

  patch({ annotations: { "kubernetes-log-watcher/scalyr-parser": null, "fluentbit.io/parser": "apache" } });
  await watcher.until("the other program's parser is there", () => outputs.log(ID)?.attributes.parser === "apache");
  patch({ annotations: { "kubernetes-log-watcher/parser": "nginx" }, labels: { release: "r7" } });
  await watcher.until("the own parser is there", () => outputs.log(ID)?.attributes.parser === "nginx");
  await watcher.logged(
    /annotation fluentbit\.io\/parser of pod shop\/cart-\S+ disagree on its parser; the first one is taken/,
  );
  await watcher.until("the label is a field", () => outputs.job(ID)?.version_of === "r7");
  assert.equal(outputs.log(ID)?.attributes.version_of, "r7");
  await watcher.logged(/symlinker: attributes cannot be expressed/);

  patch({ annotations: { "kubernetes-log-watcher/agents": "symlinker" } });
  await watcher.until("only the symlinker has it", () => !outputs.log(ID) && !outputs.job(ID));
  assert.ok(outputs.linked().includes(ID));
  patch({ annotations: { "kubernetes-log-watcher/agents": null, "kubernetes-log-watcher/exclude": "true" } });
  await watcher.until("nobody has it", () => !outputs.traces().includes(ID));
  await watcher.logged(
    /cart is excluded: Excluded by annotation kubernetes-log-watcher\/exclude: container cart of pod/,
  );
  patch({ annotations: { "kubernetes-log-watcher/exclude": "yes please" } });
  await watcher.logged(/Annotation kubernetes-log-watcher\/exclude of pod shop\/cart-\S+ is not usable.*true or false/);
  await scene.untilExactly(SAMPLE_IDS, watcher);
});
