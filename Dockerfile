# Sluice's image: Node and the built program, nothing else. `npm run image` prepares dist/image and
# builds this; BASE may be any image that holds a `node` (24 is advised: see README, "Resets").
#
# It has no HEALTHCHECK: that needs `ping`, and flags given to a container are not seen by its check.
# docker-compose.yml has one.
ARG BASE=node:24-bookworm-slim
FROM ${BASE}
ENV NODE_ENV=production
# What changes seldom comes first, so that a new version is a small layer.
COPY dist/image/node_modules/ /app/node_modules/
COPY dist/image/package.json /app/
COPY dist/image/dist/ /app/dist/
USER 65532:65532
# One process, no shell: signals reach it directly, and SIGTERM drains.
ENTRYPOINT ["node", "/app/dist/src/main.js"]
