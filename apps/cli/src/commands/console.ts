import { pathTo, type SignInLink } from '@kumiki/api';
import { connect, type ConnectionFlags } from '../client/connect.ts';
import { callJson } from '../client/http-client.ts';
import { print, printJson, printNote } from '../terminal/print.ts';

type Flags = ConnectionFlags & { readonly json?: boolean };

export async function printSignInLink(flags: Flags): Promise<void> {
  const connection = connect(flags);
  const link = await callJson<SignInLink>(connection, pathTo('/v1/kumiki/sign_in_links'), { method: 'POST' });
  // Where nobody told it a public URL, the product knows itself by addresses of its machine; a browser comes the way that
  // we came, unless we came by the state folder.
  const known = link.configured || connection.isLocal;
  const url = known ? link.url : link.url.replace(/^.*(?=\/sign-in#)/, connection.url);
  if (flags.json === true) return printJson({ ...link, url });
  print(url);
  printNote('This link signs a browser in with the rights of your key, once and within 15 minutes.');
}
