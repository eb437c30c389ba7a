import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm run dev` of this folder finds a product that runs: the address that `kumiki up` prints. */
const developmentTarget = 'http://127.0.0.1:8420';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  build: {
    target: ['chrome123', 'firefox125', 'safari17.5'],
    // The policy allows data: for images alone; every other asset is a file of its own.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
    // Inline script would be refused by the content security policy.
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/v1': developmentTarget } },
});
