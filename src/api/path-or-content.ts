/** Text of one line that begins as a path does, or has a dot, which base64 never has. */
const PATH = /^(?:\.{0,2}\/|[^{}"\r\n]*\.)[^{}"\r\n]*$/;

/**
 * A value that is a path or PEM content (DYN-36), fit to be shown: what is not clearly a path may be
 * a key (D26).
 */
export const pathOrContent = (value: string): string =>
  PATH.test(value) && !value.includes('-----') ? value : '(content)';
