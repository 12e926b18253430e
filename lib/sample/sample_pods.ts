/**
 * The pods of the sample node. Container ids, pod names and uids of `web-...` and `web-3` are recorded ones; labels and annotations are added, so that
 * every agent has something to show.
 *
 * @module
 */

/** A container of a sample pod. */
export interface SampleContainer {
  readonly name: string;
  /** 64 hex digits. */
  readonly id: string;
  readonly image: string;
  readonly isInit?: boolean;
  /** Number of the run whose log is there, default 0. */
  readonly restart?: number;
  /** What it printed last, one line. */
  readonly line: string;
}

/** A pod of the sample node. */
export interface SamplePod {
  readonly layout: "docker" | "cri";
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  /** uid that the log folder of a static pod bears instead. */
  readonly configHash?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly containers: readonly SampleContainer[];
  /** Pause container of Docker's layout. */
  readonly sandboxId?: string;
}

/** The pods, in no particular order. */
export const SAMPLE_PODS: readonly SamplePod[] = [
  // Two containers and a pause container in Docker's layout; the pod has all labels, and one container has a parser of its own.
  {
    layout: "docker",
    name: "web-7c9d8f6b5-x2k4q",
    namespace: "shop",
    uid: "0b5e2c52-6d2c-4b0e-9c35-0d9a4d1f7a11",
    labels: {
      application: "web",
      component: "frontend",
      version: "1.10",
      environment: "staging",
      release: "r42",
      appdynamics_app: "shop",
      appdynamics_tier: "frontend",
    },
    annotations: {
      "kubernetes-log-watcher/scalyr-parser": '[{"container": "proxy", "parser": "accessLog"}]',
    },
    containers: [
      {
        name: "app",
        id: "b7a01c894a595effa38899483b264a1572bd2d0d55b6b14329508d76d4bd302a",
        image: "registry.example/shop/web:1.10",
        line: "hello",
      },
      {
        name: "proxy",
        id: "1c0c61632d35a31ab9ca39f349306079ffaa94ba6618493f2580270c914b3368",
        image: "registry.example/proxy",
        line: "GET / 200",
      },
    ],
    sandboxId: "29dd09e6306fd27ffa6f53c9049b7b6ae9f5af8c003104571a5b9773f30a9a0a",
  },
  // Without a label: the pod's name takes the application's place.
  {
    layout: "docker",
    name: "job-28713600-8kqzd",
    namespace: "default",
    uid: "6f1d7f0a-7f3c-4a55-8a2e-0a5f5a0f6f3d",
    containers: [{
      name: "job",
      id: "cf77bb5a56f8563f1c7784abf178efa505315912bd9180b9693b76da96e5d304",
      image: "registry.example/job:3",
      line: "done",
    }],
  },
  // An init container, one that crashes, rules for sampling and redaction.
  {
    layout: "cri",
    name: "web-3",
    namespace: "shop",
    uid: "3cbebc25-6c5b-4e49-849e-33fc881a0458",
    labels: { application: "orders", component: "worker", version: "2.4.1" },
    annotations: {
      "kubernetes-log-watcher/scalyr-sampling-rules":
        '[{"container": "app", "sampling-rules": [{"match_expression": "tick", "sampling_rate": 0.1}]}]',
      "kubernetes-log-watcher/scalyr-redaction-rules":
        '[{"container": "app", "redaction-rules": [{"match_expression": "card=\\\\d+", "replacement": "card=***"}]}]',
    },
    containers: [
      {
        name: "init",
        id: "4c837ed020916f2d58caec166637aef62444f068064a14c6fc705ad6ea45066a",
        image: "registry.example/shop/migrate:2.4.1",
        isInit: true,
        line: "from init",
      },
      {
        name: "app",
        id: "6540dca07916350c5da777160c8edfa1c8eec4cd5f4503310156e86fd9207fb7",
        image: "registry.example/shop/orders:2.4.1",
        line: "tick 3354",
      },
      {
        name: "crash",
        id: "363bfbb5b05930efefa89004ce1a494895ad5410253f6ea6803823ac9572f445",
        image: "registry.example/shop/crash:1",
        restart: 3,
        line: "about to die",
      },
    ],
  },
  // A static pod: its log folder bears the hash of its manifest.
  {
    layout: "cri",
    name: "kube-proxy-node-1",
    namespace: "kube-system",
    uid: "4865973a-f610-44ae-83cc-684042c6f74e",
    configHash: "4c3772ba6fcded9d740756b8514a7adf",
    labels: { application: "kube-proxy", tier: "node", version: "1.20.2" },
    containers: [{
      name: "kube-proxy",
      id: "22907b7923c508874f5701a2ddb222c38ea5063d499aab4b5f7fea7efb874b23",
      image: "registry.example/kube-proxy:1.20.2",
      line: "static",
    }],
  },
  // An annotation of the wrong shape: the default instead, with a warning.
  {
    layout: "cri",
    name: "cart-5d8c7b9f44-t9wxn",
    namespace: "shop",
    uid: "9a1e6c1e-3b0f-4d0f-9a53-6f0f0f0b7c21",
    labels: { application: "cart", version: "0.9" },
    annotations: { "kubernetes-log-watcher/scalyr-parser": '["oops"]' },
    containers: [{
      name: "cart",
      id: "6b4ac94eb365cb668c63b2f3249f3db9baff7c9677c814881f473ec5cde87726",
      image: "registry.example/shop/cart:0.9",
      line: "ready",
    }],
  },
];
