import { ApiError } from '../../api/api-error.ts';

/** Uploads a file and reports the bytes sent, which `fetch` cannot do. Throws ApiError. */
export function uploadFile(
  file: File,
  key: string,
  onProgress: (part: number) => void,
  signal: AbortSignal,
): Promise<{ readonly id: string }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.set('purpose', 'assistants');
    form.set('file', file);
    request.open('POST', '/v1/files');
    request.setRequestHeader('idempotency-key', key);
    request.responseType = 'text';
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total));
    request.addEventListener('load', () => {
      const body = readJson(request.responseText);
      if (request.status < 300 && typeof body['id'] === 'string') return resolve({ id: body['id'] });
      const error = (body['error'] ?? {}) as Readonly<Record<string, unknown>>;
      return reject(
        new ApiError(typeof error['message'] === 'string' ? error['message'] : `HTTP ${request.status}`, {
          code: typeof error['code'] === 'string' ? error['code'] : 'unknown_error',
          status: request.status,
          requestId: request.getResponseHeader('x-request-id'),
        }),
      );
    });
    const lost = (): void => reject(new ApiError('The connection was lost.', { code: 'unreachable' }));
    request.addEventListener('error', lost);
    request.addEventListener('abort', lost);
    signal.addEventListener('abort', () => request.abort());
    request.send(form);
  });
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
