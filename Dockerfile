# Sluice's image: Node and the built program, nothing else. `npm run image` prepares dist/image and
# builds this; BASE may be any image that holds a `node` (24 is advised: see README, "Resets").
ARG BASE=node:24-bookworm-slim
FROM ${BASE}
COPY dist/image/ /app/
ENV NODE_ENV=production
USER 65532:65532
# One process, no shell: signals reach it directly, and SIGTERM drains.
ENTRYPOINT ["node", "/app/dist/src/main.js"]
HEALTHCHECK --interval=10s --timeout=6s --start-period=5s --retries=3 \
  CMD ["node", "/app/dist/src/main.js", "healthcheck"]
