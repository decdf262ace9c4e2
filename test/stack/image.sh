#!/usr/bin/env bash
# Lays out dist/image, which the Dockerfile copies: the built program and its run-time packages.
set -euo pipefail
cd "$(dirname "$0")/../.."
part=dist/image.part
rm -rf dist/image $part
mkdir -p $part/dist
cp package.json package-lock.json $part/
cp -r dist/src dist/providers dist/page $part/dist/
npm ci --prefix $part --omit=dev --ignore-scripts --no-audit --no-fund
mv $part dist/image
