import type { FileObject } from '@kumiki/api';
import { ApiError, readApiError } from '../api/api-error.ts';

/**
 * Uploads a file and tells how far it is, which `fetch` cannot. Rejects with ApiError, or with the signal's reason.
 * @param onSent bytes that have left so far.
 */
export function sendFile(file: File, onSent: (bytes: number) => void, signal: AbortSignal): Promise<FileObject> {
  const form = new FormData();
  form.append('purpose', 'assistants');
  form.append('file', file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/v1/files');
    request.upload.addEventListener('progress', (event) => onSent(Math.min(event.loaded, file.size)));
    request.addEventListener('load', () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText) as FileObject);
      else void readApiError(toResponse(request)).then(reject);
    });
    request.addEventListener('error', () => reject(new ApiError('', { code: 'unreachable' })));
    request.addEventListener('abort', () => reject(signal.reason as Error));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(form);
  });
}

function toResponse(request: XMLHttpRequest): Response {
  const id = request.getResponseHeader('x-request-id');
  return new Response(request.responseText, {
    status: request.status,
    headers: id === null ? {} : { 'x-request-id': id },
  });
}
