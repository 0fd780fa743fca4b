# The server, without a compiler, a shell's history or root. All that it writes is in /data.

FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/feedserver
COPY pyproject.toml README.md LICENSE ./
COPY feedserver feedserver
RUN /opt/feedserver/bin/pip install --no-cache-dir '.[fast,postgres]'

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin feedserver \
    && install --directory --owner=feedserver --mode=0750 /data
COPY --from=build /opt/feedserver /opt/feedserver
COPY feeds /etc/feedserver/feeds
ENV PATH=/opt/feedserver/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    FEEDSERVER_DATABASE=sqlite:////data/feedserver.db \
    FEEDSERVER_FEEDS=/etc/feedserver/feeds \
    FEEDSERVER_LISTEN=0.0.0.0:8080
WORKDIR /data
VOLUME /data
USER 10001
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
ENTRYPOINT ["feedserver"]
CMD ["serve"]
