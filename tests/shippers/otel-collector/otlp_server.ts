/**
 * A server for logs in OTLP/HTTP with JSON.
 *
 * @module
 */
import type { Delivered } from "../delivery.ts";

/** A log record with what is around it. */
export interface OtlpRecord {
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  readonly body: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, string>>;
}

interface OtlpValue {
  readonly stringValue?: string;
  readonly kvlistValue?: { readonly values?: readonly OtlpAttribute[] };
  readonly doubleValue?: number;
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}

interface OtlpLogs {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes?: readonly OtlpAttribute[] };
    readonly scopeLogs: readonly {
      readonly logRecords: readonly {
        readonly timeUnixNano?: string;
        readonly body?: OtlpValue;
        readonly attributes?: readonly OtlpAttribute[];
      }[];
    }[];
  }[];
}

/** A running server. Disposing of it ends it. */
export class OtlpServer implements AsyncDisposable {
  readonly #records: OtlpRecord[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => this.#take(request));
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** What came so far, by the records' own time: the Collector sends several batches at once. */
  get records(): readonly OtlpRecord[] {
    return this.#records.toSorted((a, b) => a.time < b.time ? -1 : a.time > b.time ? 1 : 0);
  }

  /** Gives what came so far, as tests of all shippers see it. */
  delivered(): readonly (Delivered & { readonly version: string })[] {
    return this.records.map(({ body, attributes, resource }) => ({
      id: resource["container.id"] ?? "",
      stream: attributes["log.iostream"] as Delivered["stream"],
      text: body,
      version: resource["service.version"] ?? "",
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #take(request: Request): Promise<Response> {
    const isZipped = request.headers.get("content-encoding") === "gzip";
    const stream = isZipped ? request.body!.pipeThrough(new DecompressionStream("gzip")) : request.body;
    const { resourceLogs }: OtlpLogs = await new Response(stream).json();
    for (const { resource, scopeLogs } of resourceLogs) {
      for (const record of scopeLogs.flatMap(({ logRecords }) => logRecords)) {
        this.#records.push({
          time: BigInt(record.timeUnixNano ?? 0),
          body: record.body?.stringValue ?? "",
          attributes: plain(record.attributes),
          resource: plain(resource.attributes) as Record<string, string>,
        });
      }
    }
    return Response.json({});
  }
}

function plain(attributes: readonly OtlpAttribute[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]));
}

function plainValue({ stringValue, doubleValue, kvlistValue }: OtlpValue): unknown {
  return kvlistValue ? plain(kvlistValue.values) : stringValue ?? doubleValue;
}
