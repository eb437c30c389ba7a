import { pathTo, type SignInLink } from '@kumiki/api';
import { connect, type ConnectionFlags } from '../client/connect.ts';
import { callJson } from '../client/http-client.ts';
import { print, printJson, printNote } from '../terminal/print.ts';

type Flags = ConnectionFlags & { readonly json?: boolean };

export async function printSignInLink(flags: Flags): Promise<void> {
  const connection = connect(flags);
  const link = await callJson<SignInLink>(connection, pathTo('/v1/kumiki/sign_in_links'), { method: 'POST' });
  // Without a configured public URL the product only knows addresses of its machine. A browser then uses the URL of
  // this connection, unless that was found through the state folder.
  const known = link.configured || connection.isLocal;
  const url = known ? link.url : link.url.replace(/^.*(?=\/sign-in#)/, connection.url);
  if (flags.json === true) return printJson({ ...link, url });
  print(url);
  printNote('This link signs a browser in with the rights of your key, once and within 15 minutes.');
}
