# The service and the commands in one image:   docker build -t aifactory-kg .
# Every dependency comes from a lock file with hashes; the image that runs holds no compiler, no source and no Node.

FROM python:3.11-slim-bookworm AS build
WORKDIR /src

COPY requirements/run.lock requirements/web.lock requirements/
RUN python -m venv /opt/aifkg && /opt/aifkg/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/run.lock
RUN python -m venv /opt/node && /opt/node/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/web.lock

COPY pyproject.toml README.md LICENSE LICENSE-CC-BY-4.0 ./
COPY requirements/run.in requirements/dev.in requirements/
COPY scripts scripts
COPY ontology ontology
COPY kg kg
COPY ingest ingest
COPY api api
COPY aifkg aifkg
RUN /opt/node/bin/python scripts/build_assets.py /opt/web
RUN /opt/aifkg/bin/python -m pip wheel --disable-pip-version-check --no-index --no-build-isolation --no-deps --wheel-dir /opt/wheel .
RUN /opt/aifkg/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-index --no-deps --find-links /opt/wheel aifactory-kg

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="aifactory-kg" \
      org.opencontainers.image.description="A knowledge graph of the AI-factory market: reports in, cited claims out." \
      org.opencontainers.image.licenses="Apache-2.0 AND CC-BY-4.0"

# Pages that are pictures are read with Tesseract.
RUN apt-get update && apt-get install --yes --no-install-recommends tesseract-ocr && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --user-group --home-dir /data --no-create-home aifkg && install --directory --owner aifkg --group aifkg /data

COPY --from=build /opt/aifkg /opt/aifkg
ENV PATH=/opt/aifkg/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    AIFKG_HOST=0.0.0.0 \
    AIFKG_PORT=8000 \
    AIFKG_STORE=/data/store \
    AIFKG_STATE=/data/remote \
    AIFKG_SECOND_READER_CACHE=/data/second-reader
WORKDIR /data
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s --retries=3 CMD ["/opt/aifkg/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["/opt/aifkg/bin/aifkg"]
CMD ["serve"]
