import access from './access.json' with { type: 'json' };
import causes from './causes.json' with { type: 'json' };
import chat from './chat.json' with { type: 'json' };
import errors from './errors.json' with { type: 'json' };
import knowledge from './knowledge.json' with { type: 'json' };
import models from './models.json' with { type: 'json' };
import overview from './overview.json' with { type: 'json' };
import playground from './playground.json' with { type: 'json' };
import requests from './requests.json' with { type: 'json' };
import settings from './settings.json' with { type: 'json' };
import shell from './shell.json' with { type: 'json' };

export const messages = {
  access,
  causes,
  chat,
  errors,
  knowledge,
  models,
  overview,
  playground,
  requests,
  settings,
  shell,
};
export type Messages = typeof messages;
