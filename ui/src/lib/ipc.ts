// The only file that talks to the shell.
import { invoke } from '@tauri-apps/api/core';
import { getCurrentWebviewWindow } from '@tauri-apps/api/webviewWindow';
import type { Backend } from './backend';

export const backend: Backend = {
  appState: () => invoke('app_state'),

  signInStart: () => invoke('sign_in_start'),
  signInCode: (code) => invoke('sign_in_code', { code }),
  signInCancel: () => invoke('sign_in_cancel'),
  signInOpenBrowser: () => invoke('sign_in_open_browser'),
  clipboardCode: () => invoke('clipboard_code'),
  signOut: () => invoke('sign_out'),
  openProfile: () => invoke('open_profile'),
  openPlan: () => invoke('open_plan'),
  openLink: (url) => invoke('open_link', { url }),
  // Without a type: what it is, its bytes say.
  loadImage: async (url) => new Blob([await invoke<ArrayBuffer>('load_image', { url })]),

  models: (refresh) => invoke('models', { refresh }),

  conversationList: (scope) => invoke('conversation_list', { scope }),
  conversationRows: (scope, first, count) => invoke('conversation_rows', { scope, first, count }),
  conversationSummary: (id) => invoke('conversation_summary', { id }),
  neighbour: (id, scope, offset) => invoke('neighbour', { id, scope, offset }),
  conversationPlace: (id, scope) => invoke('conversation_place', { id, scope }),
  openConversation: (id) => invoke('open_conversation', { id }),
  conversationPage: (conversation, at) => invoke('conversation_page', { conversation, at }),
  closeConversation: () => invoke('close_conversation'),
  setConversationModel: (id, model) => invoke('set_conversation_model', { id, model }),
  setConversationTools: (id, tools) => invoke('set_conversation_tools', { id, tools }),
  renameConversation: (id, title) => invoke('rename_conversation', { id, title }),
  updateConversations: (ids, patch) => invoke('update_conversations', { ids, patch }),
  deleteConversations: (ids) => invoke('delete_conversations', { ids }),
  deleteAllConversations: () => invoke('delete_all_conversations'),
  deleteMessage: (message, following) => invoke('delete_message', { message, following }),
  undoDelete: (deletion) => invoke('undo_delete', { deletion }),
  duplicateConversation: (message) => invoke('duplicate_conversation', { message }),
  keepConversation: (id) => invoke('keep_conversation', { id }),

  folders: () => invoke('folders'),
  createFolder: (name) => invoke('create_folder', { name }),
  renameFolder: (id, name) => invoke('rename_folder', { id, name }),
  deleteFolder: (id) => invoke('delete_folder', { id }),

  search: (text, filters) => invoke('search', { text, filters }),
  searchModels: () => invoke('search_models'),
  findInConversation: (conversation, text) => invoke('find_in_conversation', { conversation, text }),
  showMessage: (message) => invoke('show_message', { message }),

  exportConversations: (ids, format) => invoke('export_conversations', { ids, format }),
  importConversations: (folders) => invoke('import_conversations', { folder: folders }),
  cancelJob: (id) => invoke('cancel_job', { id }),
  job: () => invoke('job'),
  libraryHealth: () => invoke('library_health'),
  saveAgain: () => invoke('save_again'),
  restart: () => invoke('restart'),

  draft: () => invoke('draft'),
  saveDraft: (conversation, text) => invoke('save_draft', { conversation, text }),

  messageText: (message) => invoke('message_text', { message }),
  copyMessage: (message) => invoke('copy_message', { message }),
  copyText: (text) => invoke('copy_text', { text }),
  copyBlocks: (blocks) => invoke('copy_blocks', { blocks }),

  send: (conversation, text, model, temporary) => invoke('send', { conversation, text, model, temporary }),
  edit: (message, text, model) => invoke('edit', { message, text, model }),
  retry: (message, model) => invoke('retry', { message, model }),
  continueReply: (message, model) => invoke('continue_reply', { message, model }),
  selectVersion: (message, offset) => invoke('select_version', { message, offset }),
  stop: (conversation) => invoke('stop', { conversation }),
  retryNow: (conversation) => invoke('retry_now', { conversation }),
  retryCancel: (conversation) => invoke('retry_cancel', { conversation }),
  answerTool: (conversation, part, answer) => invoke('answer_tool', { conversation, part, answer }),
  turnEventsSince: (conversation, seq) => invoke('turn_events_since', { conversation, seq }),

  updateSettings: (patch) => invoke('update_settings', { patch }),
  tools: () => invoke('tools'),
  diagnostics: () => invoke('diagnostics'),

  shortcutStatus: () => invoke('shortcut_status'),
  restShortcut: (resting) => invoke('rest_shortcut', { resting }),
  setShortcut: (shortcut) => invoke('set_shortcut', { shortcut }),

  quickReady: () => invoke('quick_ready'),
  quickShow: () => invoke('quick_show'),
  quickHide: () => invoke('quick_hide'),
  quickResize: (height) => invoke('quick_resize', { height }),
  quickHold: (hold) => invoke('quick_hold', { hold }),
  quickContext: () => invoke('quick_context'),
  quickAttach: (source) => invoke('quick_attach', { source }),
  openInMain: (where) => invoke('open_in_main', { at: where }),

  closeWindow: () => invoke('close_window'),

  // This window's own events only: another window's turns are none of its business.
  on: (name, handler) => getCurrentWebviewWindow().listen(name, (event) => handler(event.payload as never)),
};
