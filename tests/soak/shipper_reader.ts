/**
 * Reads the agents' files throughout, as shippers do, and notes whatever a shipper would stumble over.
 *
 * @module
 */
import { parse } from "yaml";
import type { Outputs } from "../e2e/outputs.ts";
import type { Random } from "./random.ts";

const PAUSE_MS = 200;
/** Job files that are read at each look. */
const JOBS_PER_LOOK = 5;
/** Problems that are kept; there is no end of them when something is wrong. */
const MAX_PROBLEMS = 20;
const JOB_NAME = /^container-[0-9a-f]{64}-jobfile\.job$/;
/** Last line of the template of job files. */
const JOB_END = /\n {2}pattern: "yyyy-MM-dd'T'HH:mm:ss\.SSS"\n$/;

/** Options of {@linkcode ShipperReader}. */
export interface ShipperReaderOptions {
  readonly outputs: Outputs;
  readonly random: Random;
  /** Gives the ids of the containers whose logs are on disk now. */
  readonly liveIds: () => ReadonlySet<string>;
}

/** Reads until it is told to stop. */
export class ShipperReader {
  readonly #options: ShipperReaderOptions;
  readonly #problems: string[] = [];
  /** Containers that were configured at the last look. */
  #configured = new Set<string>();
  #looks = 0;
  #isStopped = false;

  constructor(options: ShipperReaderOptions) {
    this.#options = options;
  }

  /** What was wrong, one line each. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Number of looks so far. */
  get looks(): number {
    return this.#looks;
  }

  /** Looks again and again. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      this.#look();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  /** Ends {@linkcode run} after its look. */
  stop(): void {
    this.#isStopped = true;
  }

  #look(): void {
    this.#looks++;
    this.#try("agent.json", () => this.#lookAtConfig());
    this.#try("a job file", () => this.#lookAtJobs());
  }

  /** Once a container is configured, it stays so as long as its log is there. */
  #lookAtConfig(): void {
    const { outputs, liveIds } = this.#options;
    const config = outputs.scalyr();
    if (config === undefined) {
      if (this.#configured.size > 0) this.#note("agent.json is gone");
      return;
    }
    const configured = new Set(config.logs.map(({ attributes }) => attributes.container_id!));
    const live = liveIds();
    for (const id of this.#configured) {
      if (live.has(id) && !configured.has(id)) this.#note(`container ${id} left agent.json while its log was there`);
    }
    this.#configured = configured;
  }

  #lookAtJobs(): void {
    const { outputs, random } = this.#options;
    const names = [...Deno.readDirSync(outputs.jobsPath)].map(({ name }) => name).filter((name) =>
      !name.startsWith(".")
    );
    for (const name of names) if (!JOB_NAME.test(name)) this.#note(`${name} lies among the job files`);
    for (let left = Math.min(JOBS_PER_LOOK, names.length); left > 0; left--) {
      const name = random.pick(names);
      const text = textOf(`${outputs.jobsPath}/${name}`);
      if (text === undefined) continue;
      if (!JOB_END.test(text) || !isJob(text)) this.#note(`${name} is not whole: ${JSON.stringify(text)}`);
    }
  }

  #try(what: string, look: () => void): void {
    try {
      look();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) this.#note(`${what} cannot be read: ${error}`);
    }
  }

  #note(problem: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(problem);
  }
}

/** Tells whether a text is a job for one container. */
function isJob(text: string): boolean {
  const { version, fields, grok } = parse(text);
  return version === 2 && fields.application_pod !== "" && grok.patterns.length === 1;
}

function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
