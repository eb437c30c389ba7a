/** Every screen of the menu, as its address and the key of its name. */
export const places = [
  'chat',
  'knowledge',
  'playground',
  'overview',
  'models',
  'requests',
  'access',
  'settings',
] as const;
