// How the client is built and served while it is worked on.
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const service = 'http://127.0.0.1:8787'

export default defineConfig({
  root: 'client',
  plugins: [react()],
  build: { outDir: '../dist', emptyOutDir: true },
  server: { proxy: { '/trpc': service, '/auth': service, '/invitations': service, '/documents': service } },
})
