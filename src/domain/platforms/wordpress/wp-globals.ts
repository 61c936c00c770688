/** The little of WordPress' own scripts (`window.wp`) that runs inside the editor page and is used here. */
export type WpScripts = {
  data: { select: SelectStore; dispatch: DispatchStore };
  blocks: {
    rawHandler(source: { HTML: string }): Block[];
    serialize(blocks: Block[]): string;
    parse(markup: string): Block[];
  };
};

type Block = { name: string };

declare global {
  interface Window {
    wp?: WpScripts;
  }
}

type SelectStore = {
  (store: 'core/editor'): EditorState | undefined;
  (store: 'core/preferences'): { get(scope: string, name: string): unknown };
  (store: 'core'): {
    getRawEntityRecord(kind: string, name: string, id: number): unknown;
    getLastEntitySaveError(kind: string, name: string, id: number): unknown;
  };
};

type EditorState = {
  getCurrentPostId(): number | null;
  getCurrentPost(): { status?: string; link?: string; _links?: Record<string, unknown> };
  isEditedPostDirty(): boolean;
  didPostSaveRequestSucceed(): boolean;
};

type DispatchStore = {
  (store: 'core/editor'): {
    editPost(edits: Record<string, unknown>): Promise<void>;
    resetEditorBlocks(blocks: Block[]): unknown;
    savePost(): Promise<void>;
  };
  (store: 'core/preferences'): { set(scope: string, name: string, value: boolean): void };
};
