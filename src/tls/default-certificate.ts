import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { certificateOf, type Certificate } from './certificate.js';
import {
  bitString,
  element,
  objectId,
  octetString,
  pem,
  sequence,
  time,
  utf8String,
} from '../net/x509/write-der.js';

const NAME = 'SLUICE DEFAULT CERT';
const DAY_MS = 86_400_000;
/** It is trusted by nobody, so that only its end could do harm. */
const LIFE_MS = 3_650 * DAY_MS;

/**
 * A self-signed certificate for those that nobody provided one for. Its name is nobody's (DYN-35). It
 * is for the life of the process: a new one at each reload would look like an attack (data-plane
 * facts 10, 32). Takes a millisecond.
 */
export function selfSigned(now: number): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(objectId('1.2.840.10045.4.3.2')); // ecdsa-with-SHA256
  const name = sequence(element(0x31, sequence(objectId('2.5.4.3'), utf8String(NAME))));
  const body = sequence(
    element(0xa0, element(0x02, Buffer.of(2))), // version 3
    // Positive, and without a leading zero (RFC 5280 4.1.2.2).
    element(0x02, Buffer.of(0x40), randomBytes(15)),
    algorithm,
    name,
    sequence(time(new Date(now - DAY_MS)), time(new Date(now + LIFE_MS))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(...extensions())),
  );
  const der = sequence(body, algorithm, bitString(sign('sha256', body, privateKey)));
  const chain = pem('CERTIFICATE', der);
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return certificateOf(chain, key);
}

function extensions(): readonly Buffer[] {
  const host = `${randomBytes(16).toString('hex')}.${randomBytes(16).toString('hex')}.sluice.default`;
  return [
    extension('2.5.29.17', sequence(element(0x82, Buffer.from(host)))), // subjectAltName
    extension('2.5.29.19', sequence(), true), // basicConstraints: no CA
    extension('2.5.29.15', element(0x03, Buffer.of(7, 0x80)), true), // keyUsage: digitalSignature
    extension('2.5.29.37', sequence(objectId('1.3.6.1.5.5.7.3.1'))), // extendedKeyUsage: serverAuth
  ];
}

function extension(id: string, value: Uint8Array, isCritical = false): Buffer {
  const critical = isCritical ? [element(0x01, Buffer.of(0xff))] : [];
  return sequence(objectId(id), ...critical, octetString(value));
}
