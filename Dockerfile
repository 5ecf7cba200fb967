# Two images of one source: `--target backend` (API, screens, job worker) and `--target edge` (a camera box).
FROM python:3.12-slim AS base
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN useradd --create-home --uid 10001 phatnguoi
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY edge edge
COPY penalty penalty
COPY notify notify
COPY backend backend
COPY sandbox sandbox

FROM base AS backend
RUN pip install ".[backend]"
USER phatnguoi
WORKDIR /home/phatnguoi
EXPOSE 8000
CMD ["phatnguoi", "serve", "--host", "0.0.0.0", "--port", "8000"]

FROM base AS edge
RUN pip install ".[edge,edge-c2pa]" && mkdir /data && chown phatnguoi /data
USER phatnguoi
WORKDIR /home/phatnguoi
VOLUME /data
ENTRYPOINT ["phatnguoi-edge"]
CMD ["--help"]
