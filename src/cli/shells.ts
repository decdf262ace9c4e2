const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** A shell that is completed. */
export type Shell = (typeof SHELLS)[number];

export const isShell = (word: string): word is Shell => SHELLS.some((shell) => shell === word);
