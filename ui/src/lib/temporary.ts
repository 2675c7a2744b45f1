// Conversations that are in memory only are known by their ids.

const TEMPORARY = 'temporary-';

/** Whether a conversation is in memory only. */
export const isTemporary = (id: string): boolean => id.startsWith(TEMPORARY);
