#!/usr/bin/env bash
# Lays out dist/image (the program and its run-time packages) and builds sluice:latest from it.
# BASE: the image to build on; default as in the Dockerfile.
set -euo pipefail
cd "$(dirname "$0")/../.."
rm -rf dist/image
mkdir -p dist/image/dist
cp package.json package-lock.json dist/image/
cp -r dist/src dist/providers dist/image/dist/
npm ci --prefix dist/image --omit=dev --ignore-scripts --no-audit --no-fund
DOCKER_BUILDKIT="${DOCKER_BUILDKIT:-0}" docker build ${BASE:+--build-arg "BASE=$BASE"} -t sluice:latest .
