/** What the address of the page holds: a link shows others what one sees. */
export interface Address {
  readonly selected: string | undefined;
  readonly search: string;
  readonly onlyProblems: boolean;
}

export function readAddress(hash: string): Address {
  const values = new URLSearchParams(hash.replace(/^#/, ''));
  return {
    selected: values.get('select') || undefined,
    search: values.get('search') ?? '',
    onlyProblems: values.has('problems'),
  };
}

/** Empty where there is nothing to hold. */
export function writeAddress({ selected, search, onlyProblems }: Address): string {
  const values = new URLSearchParams();
  if (selected !== undefined) values.set('select', selected);
  if (search !== '') values.set('search', search);
  if (onlyProblems) values.set('problems', '1');
  const text = values.toString();
  return text === '' ? '' : `#${text}`;
}
