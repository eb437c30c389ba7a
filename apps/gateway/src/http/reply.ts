import { type IncomingMessage, type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from 'node:http';

/**
 * A reply of the gateway. Headers that are known before it begins are kept here and join those of `writeHead`, which then writes
 * them in one go: after a single `setHeader`, node:http copies every header into a map of its own first, which costs a twentieth
 * of a request.
 */
export class Reply<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  #headers: OutgoingHttpHeaders = {};
  #bodyWaits = false;

  /** Adds headers, in lower case, to the reply that has not begun. Those that it begins with override them. */
  addHeaders(headers: Readonly<OutgoingHttpHeaders>): void {
    Object.assign(this.#headers, headers);
  }

  /** The client sends its body only when it is asked for (`Expect: 100-continue`). */
  holdBody(): void {
    this.#bodyWaits = true;
  }

  /** Asks for the body if the client waits for that. What is refused before is refused without its body. */
  askForBody(): void {
    if (!this.#bodyWaits) return;
    this.#bodyWaits = false;
    this.writeContinue();
  }

  override writeHead(
    status: number,
    reasonOrHeaders?: string | OutgoingHttpHeaders | OutgoingHttpHeader[],
    more?: OutgoingHttpHeaders | OutgoingHttpHeader[],
  ): this {
    const given = typeof reasonOrHeaders === 'object' ? reasonOrHeaders : more;
    if (Array.isArray(given)) throw new TypeError('The headers of a reply are an object.');
    const headers = { ...this.#headers, ...given };
    // What reads the rest of a request's body asks for this.
    if (headers.connection === 'close') this.shouldKeepAlive = false;
    return typeof reasonOrHeaders === 'string'
      ? super.writeHead(status, reasonOrHeaders, headers)
      : super.writeHead(status, headers);
  }
}
