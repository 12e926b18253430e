/**
 * A folder that goes when a test is over.
 *
 * @module
 */

/** A temporary folder. Disposing of it removes it with all that is in it. */
export class TemporaryFolder implements Disposable {
  readonly path = Deno.makeTempDirSync();

  [Symbol.dispose]() {
    try {
      Deno.removeSync(this.path, { recursive: true });
    } catch (error) {
      // A test may have removed it.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
