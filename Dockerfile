# syntax=docker/dockerfile:1
# Two images from one file: `app` (API, orchestrator, llm, jobs) and `browser`, which is `app` with a Chromium.

FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev

# Node runs the TypeScript as it is: there is no build step.
FROM node:24.21.0-bookworm-slim AS app
WORKDIR /app
ENV NODE_ENV=production HOME=/tmp MALLOC_ARENA_MAX=1
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY migrations migrations
COPY src src
COPY workers workers
COPY temporal-config temporal-config
COPY dev/migrate.ts dev/migrate.ts
COPY dev/grant-role.ts dev/grant-role.ts
COPY dev/compile-api.ts dev/compile-api.ts
COPY dev/end-at-once.ts dev/end-at-once.ts
ENV NODE_COMPILE_CACHE=/app/.compile-cache
RUN install --directory --owner=node .compile-cache
USER node
RUN node dev/compile-api.ts
EXPOSE 8001
CMD ["node", "--max-semi-space-size=16", "--max-old-space-size=144", "src/api/server.ts"]

FROM app AS browser
USER root
RUN apt-get update \
  && apt-get install -y --no-install-recommends chromium fonts-liberation fonts-noto-cjk fonts-noto-color-emoji \
  && rm -rf /var/lib/apt/lists/*
USER node
CMD ["node", "--max-semi-space-size=16", "--max-old-space-size=384", "workers/browser.ts"]
