export { type Conversations, type ConversationsOptions, startConversations } from './start-conversations.ts';
