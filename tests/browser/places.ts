/** Every screen of the menu. The name is its address and the key of its title. */
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
