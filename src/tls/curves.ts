import { createSecureContext } from 'node:tls';
import type { TlsOptionsConfig } from '../config/model.js';
import { lacking, unknownValue, type Problem } from './problem.js';

/** Go's names and OpenSSL's (DYN-31). */
const CURVES: ReadonlyMap<string, string> = new Map([
  ['CurveP256', 'P-256'],
  ['CurveP384', 'P-384'],
  ['CurveP521', 'P-521'],
  ['X25519', 'X25519'],
  ['X25519MLKEM768', 'X25519MLKEM768'],
  ['SecP256r1MLKEM768', 'SecP256r1MLKEM768'],
  ['SecP384r1MLKEM1024', 'SecP384r1MLKEM1024'],
  ['secp256r1', 'P-256'],
  ['secp384r1', 'P-384'],
  ['secp521r1', 'P-521'],
  ['x25519', 'X25519'],
  ['x25519mlkem768', 'X25519MLKEM768'],
  ['secp256r1mlkem768', 'SecP256r1MLKEM768'],
  ['secp384r1mlkem1024', 'SecP384r1MLKEM1024'],
]);

/** In the words of OpenSSL. Unlike in Go the order counts. */
export function curvesOf(
  { curvePreferences: written = [] }: TlsOptionsConfig,
  problems: Problem[],
): string {
  const path = 'curvePreferences';
  const used = new Set<string>();
  const lacks: string[] = [];
  written.forEach((name, index) => {
    const curve = CURVES.get(name);
    if (curve === undefined) {
      problems.push(unknownValue(`${path}[${index}]`, 'curve', name, [...CURVES.keys()]));
    } else if (isAvailable(curve)) used.add(curve);
    else lacks.push(name);
  });
  if (lacks.length > 0) {
    problems.push(
      lacking(path, lacks, used.size === 0, 'use a Node.js with OpenSSL 3.5, such as 24'),
    );
  }
  return used.size === 0 ? 'auto' : [...used].join(':');
}

function isAvailable(curve: string): boolean {
  try {
    createSecureContext({ ecdhCurve: curve });
    return true;
  } catch {
    return false;
  }
}
