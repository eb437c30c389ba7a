export { startConsole, type ConsoleOptions, type ConsoleServer } from './start-console.ts';
