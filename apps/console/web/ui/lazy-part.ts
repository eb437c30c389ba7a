import { useState } from 'react';

interface State<Part> {
  readonly part: Part | null;
  readonly wasAsked: boolean;
}

/** The attributes of a button while the part that it opens is being loaded. */
interface Reach {
  readonly onPointerEnter: () => void;
  readonly onFocus: () => void;
  readonly onClick: () => void;
}

/**
 * A part that opens behind a button, loaded once on first use: hover or focus begins to load it, a press opens it as
 * soon as it is loaded. If it cannot be loaded the button stays as it is, and the listener of `vite:preloadError`
 * reports it.
 */
export function createLazyPart<Part>(load: () => Promise<Part>) {
  let loaded: Part | null = null;
  const get = async (): Promise<Part> => (loaded ??= await load());
  return function useLazyPart(): State<Part> & { readonly reach: Reach } {
    const [state, setState] = useState<State<Part>>(() => ({ part: loaded, wasAsked: false }));
    const prepare = (): void => void get().catch(() => undefined);
    const open = (): void =>
      void get().then(
        (part) => setState({ part, wasAsked: true }),
        () => undefined,
      );
    return { ...state, reach: { onPointerEnter: prepare, onFocus: prepare, onClick: open } };
  };
}
