# syntax=docker/dockerfile:1

# kube-log-watcher: one static folder, Deno, and no shell.
#
#   docker build --build-arg REVISION="$(git rev-parse HEAD)" -t kube-log-watcher:0.1.0 .
#
# All base images are arguments: a release pins them by the digests of its day (docs/release.md looks them up), and with RELEASE=true a build refuses those that
# are not pinned:
#   --build-arg RELEASE=true --build-arg DENO_IMAGE=denoland/deno@sha256:... --build-arg BUILD_IMAGE=debian@sha256:...
#   --build-arg RUNTIME_IMAGE=gcr.io/distroless/cc-debian12@sha256:...
ARG DENO_IMAGE=denoland/deno:bin-2.9.6
ARG BUILD_IMAGE=debian:bookworm-slim
# glibc and libgcc, which Deno is linked to, and nothing that could be run.
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian12

FROM ${DENO_IMAGE} AS deno

FROM ${BUILD_IMAGE} AS build
ARG RELEASE=false
ARG DENO_IMAGE
ARG BUILD_IMAGE
ARG RUNTIME_IMAGE
RUN if [ "${RELEASE:-false}" = false ]; then exit 0; fi; \
    for image in "$DENO_IMAGE" "$BUILD_IMAGE" "$RUNTIME_IMAGE"; do \
      if ! printf '%s\n' "$image" | grep -Eqx '[^@]+@sha256:[0-9a-f]{64}'; then \
        echo "RELEASE needs images that are pinned by digest, name@sha256:..., and $image is not" >&2; exit 1; \
      fi; \
    done
ENV DENO_DIR=/deno-dir DENO_NO_UPDATE_CHECK=1
COPY --from=deno /deno /opt/deno/deno
WORKDIR /app
# The packages first: this layer is built anew only when they change. --frozen: exactly those of deno.lock, or no image; then without those of the
# tests, which are taken out of both files.
COPY deno.json deno.lock ./
RUN /opt/deno/deno install --frozen --lockfile-only && \
    sed -i -E '/"(axe-core|fast-check|playwright-core)":/d' deno.json && \
    /opt/deno/deno install
COPY main.ts ./
COPY lib lib
COPY agents agents
COPY templates templates
# Compiles what is loaded at the start and, named one by one, what is loaded only when a command needs it.
RUN /opt/deno/deno cache --frozen main.ts lib/cli/compose*.ts
# Packages are in /app/node_modules from here on; what of them is for compilers, debuggers and readers stays out. "manual": Deno does not look at each
# start whether there is anything to install, which takes it 1.4 s where it may not write.
RUN sed -i 's/"nodeModulesDir": "auto"/"nodeModulesDir": "manual"/' deno.json && \
    rm -rf /deno-dir/npm && \
    find node_modules -type f -regextype posix-extended -regex '.*\.(d\.[cm]?ts|map|md)' -delete

FROM ${RUNTIME_IMAGE}
ARG REVISION=unknown
ARG RUNTIME_IMAGE
LABEL org.opencontainers.image.title="kube-log-watcher" \
      org.opencontainers.image.description="Keeps the configuration of log shippers true to the containers of a Kubernetes node" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.base.name="${RUNTIME_IMAGE}" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /opt/deno /opt/deno
COPY --from=build /deno-dir /deno-dir
COPY --from=build /app /app
# Nothing in the image is written to at run time: give it a read-only root file system, and a writable /tmp for the private
# copies of agent folders that the sandboxes read.
ENV DENO_DIR=/deno-dir DENO_NO_UPDATE_CHECK=1
# What the help calls the program: how it is started within the container, where there is no shell.
ENV KUBE_LOG_WATCHER_STARTED_AS="/opt/deno/deno task --cwd /app --quiet start"
WORKDIR /app
# root: runtimes write container logs as root:root 0640 or 0600, and the shippers' folders on the node belong to root. No capability
# is needed for that; the manifest drops them. Where logs and outputs may be used by another user, and for all that is no watcher (preview, manifest,
# explain, ...), it runs as any: --user 65532.
USER 0:0
# Asks the watcher where it has a metrics port (WATCHER_METRICS_PORT). Kubernetes asks for itself and takes no notice of this.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
  CMD ["/opt/deno/deno", "run", "--cached-only", "--frozen", "--v8-flags=--memory-saver-mode", \
       "--no-prompt", "--allow-read", "--allow-net", "--allow-env", "/app/main.ts", "health"]
# The permissions of lib/cli/permissions.ts, no more. --cached-only and --frozen: no code comes in at run time. The V8 flag is that of
# lib/cli/memory_flags.ts.
ENTRYPOINT ["/opt/deno/deno", "run", "--cached-only", "--frozen", "--v8-flags=--memory-saver-mode", \
            "--no-prompt", "--allow-read", "--allow-write", "--allow-net", "--allow-env", "--allow-run=/opt/deno/deno", \
            "/app/main.ts"]
CMD ["--help"]
