/** `reusePort` came with Node 22.12 (D40). */
export function hasReusePort(node: string): boolean {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 12);
}
