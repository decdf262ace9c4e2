#!/usr/bin/env bash
# Lays out dist/image, which the Dockerfile copies: the built program and its run-time packages.
set -euo pipefail
cd "$(dirname "$0")/../.."
rm -rf dist/image
mkdir -p dist/image/dist
cp package.json package-lock.json dist/image/
cp -r dist/src dist/providers dist/image/dist/
npm ci --prefix dist/image --omit=dev --ignore-scripts --no-audit --no-fund
