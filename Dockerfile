# candor in a container: docker run --rm -v "$PWD":/data candor check .
FROM rust:1.95-slim-bookworm AS build
WORKDIR /candor
COPY . .
RUN cargo build --locked --release

FROM debian:bookworm-slim
COPY --from=build /candor/target/release/candor /usr/local/bin/candor
WORKDIR /data
# nobody
USER 65534:65534
ENTRYPOINT ["candor"]
CMD ["check"]
