// Compiles the API's process without running it. With NODE_COMPILE_CACHE set, as in the image, its start then finds its
// modules without types, and never loads what strips them: 14 MB of memory.
import './end-at-once.ts';
import '../src/api/server.ts';
