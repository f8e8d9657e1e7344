# The program for a server: Postgres, NATS and media elsewhere (see compose.yaml).

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends build-essential \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
ENV SQLX_OFFLINE=true
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --locked --release --package narrate \
    && cp target/release/narrate /usr/local/bin/narrate

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates curl ffmpeg fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home-dir /var/lib/narrateai --create-home narrate
COPY --from=build /usr/local/bin/narrate /usr/local/bin/narrate
USER narrate
ENV NARRATE_DATA=/var/lib/narrateai
VOLUME /var/lib/narrateai
EXPOSE 8080
ENTRYPOINT ["narrate"]
CMD ["up"]
