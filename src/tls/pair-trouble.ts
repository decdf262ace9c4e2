import type { Diagnostic } from '../config/diagnostic.js';
import { pathOrContent, pemTrouble, type PemTrouble } from '../config/pem.js';
import type { PairFault, PairRead, WrittenPair } from './certificate.js';

type Own = Exclude<PairFault, PemTrouble>;

const TEXTS: Readonly<Record<Own, readonly [text: string, fix: string]>> = {
  torn: ['it holds a PEM block without its end', 'see that it is whole'],
  'no-certificate': ['it holds no certificate', 'name the certificate, followed by its issuers'],
  'no-key': ['it holds no private key', 'name the key that belongs to the certificate'],
  'bad-certificate': ['a certificate in it cannot be read', 'see that it is whole, and X.509'],
  'bad-key': ['the key in it cannot be read', 'see that it is whole'],
  'encrypted-key': ['its key is encrypted', 'decrypt it, with openssl pkey -in KEY -out NEW'],
  mismatched: [
    'its key fits no certificate',
    'name the key and the certificate that belong together',
  ],
  'too-weak': [
    'OpenSSL does not use it',
    'replace it by one with a longer key and a newer signature',
  ],
};

/** What is wrong with a certificate and its key, for a finding. It never shows what they hold. */
export function pairTrouble(
  { fault, field, detail }: Exclude<PairRead, { readonly ok: true }>,
  pair: WrittenPair,
): Pick<Diagnostic, 'code' | 'message'> & { readonly fix: string } {
  const value = pair[field] ?? '';
  if (!isOwn(fault)) {
    const { text, fix } = pemTrouble(value, fault);
    return { code: 'unreadable', message: text, fix };
  }
  const [text, fix] = TEXTS[fault];
  const where = `"${pathOrContent(value)}": `;
  const why = detail === '' ? '' : ` (${detail})`;
  return { code: 'bad-value', message: `${where}${text}${why}`, fix };
}

const isOwn = (fault: PairFault): fault is Own => fault in TEXTS;
