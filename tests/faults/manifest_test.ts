import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { REAL_MAIN, runProgram } from "../cli/program.ts";

interface Mount {
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

/** The objects of the manifest, as far as they are looked at. */
interface ManifestObject {
  readonly kind: string;
  readonly rules?: readonly { readonly resources: string[]; readonly verbs: string[]; readonly apiGroups: string[] }[];
  readonly spec?: {
    readonly template?: {
      readonly spec: {
        readonly hostNetwork?: boolean;
        readonly hostPID?: boolean;
        readonly containers: readonly {
          readonly name: string;
          readonly volumeMounts: readonly Mount[];
          readonly securityContext?: {
            readonly privileged?: boolean;
            readonly capabilities?: { readonly add?: string[]; readonly drop?: string[] };
          };
        }[];
        readonly volumes: readonly { readonly hostPath?: { readonly path: string } }[];
      };
    };
  };
}

const { out: TEXT } = await runProgram(["manifest", "--agents", "scalyr"], { main: REAL_MAIN });
const OBJECTS = parseAllDocuments(TEXT).map((document) => document.toJS() as ManifestObject);

Deno.test("the manifest grants list and watch of pods and nothing else, mounts logs read-only, and drops all capabilities but the one to read", () => {
  assert.deepEqual(OBJECTS.filter(({ kind }) => kind.endsWith("Role")).flatMap(({ rules }) => rules), [
    { apiGroups: [""], resources: ["pods"], verbs: ["list", "watch"] },
  ]);
  const pod = OBJECTS.find(({ kind }) => kind === "DaemonSet")!.spec!.template!.spec;
  assert.ok(!pod.hostNetwork && !pod.hostPID);
  assert.deepEqual(pod.volumes.filter(({ hostPath }) => /\.sock|^\/$/.test(hostPath?.path ?? "")), []);
  const watcher = pod.containers.find(({ name }) => name.includes("watcher"))!;
  const { privileged = false, capabilities } = watcher.securityContext!;
  assert.equal(privileged, false);
  assert.deepEqual(capabilities?.drop, ["ALL"]);
  assert.deepEqual(capabilities?.add ?? [], ["DAC_READ_SEARCH"]);
  const logs = watcher.volumeMounts.filter(({ mountPath }) =>
    /^\/var\/(lib\/docker|log\/(pods|containers))/.test(mountPath)
  );
  assert.ok(logs.length > 0 && logs.every(({ readOnly }) => readOnly), JSON.stringify(logs));
});
