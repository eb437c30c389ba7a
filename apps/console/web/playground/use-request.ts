import { useEffect, useState } from 'react';
import { useAddress } from '../shell/use-address.ts';
import { type PlaygroundRequest, readRequest, toAddress } from './playground-request.ts';

/** Typing changes the address when it pauses, not with every letter. */
const writeAfterMs = 300;

/** What is asked. It stands in the address, so that it can be kept and shared. */
export function useRequest() {
  const address = useAddress();
  const [request, setRequest] = useState(() => readRequest(address));
  const { set } = address;
  useEffect(() => {
    const timer = setTimeout(() => set(toAddress(request)), writeAfterMs);
    return () => clearTimeout(timer);
  }, [request, set]);
  return {
    request,
    change: (changes: Partial<PlaygroundRequest>) => setRequest((before) => ({ ...before, ...changes })),
  };
}
